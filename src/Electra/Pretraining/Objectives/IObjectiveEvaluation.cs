using Electra.Distributed;

namespace Electra.Pretraining;

/// <summary>The figures of an objective on held-out text, gathered batch by batch.</summary>
internal interface IObjectiveEvaluation : IDisposable
{
    /// <summary>Adds a corrupted batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">Examples before it.</param>
    void Add(MaskedBatch batch, long first);

    /// <summary>Adds what other ranks have gathered of their batches.</summary>
    /// <param name="group">The ranks, each of which calls this.</param>
    void Gather(IProcessGroup group);

    /// <summary>What was gathered.</summary>
    ObjectiveReport Report();
}
