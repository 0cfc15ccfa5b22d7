namespace Electra.Distributed;

/// <summary>A process of a group was lost, left the others, or computed other weights than they: none can go on without it.</summary>
public sealed class ProcessGroupException : Exception
{
    /// <summary>Made by a group, or by who finds processes apart.</summary>
    /// <param name="message">What became of which processes.</param>
    /// <param name="ranks">Those processes.</param>
    /// <param name="wasReported">Whether they know the reason and tell it themselves.</param>
    public ProcessGroupException(string message, IReadOnlyList<int> ranks, bool wasReported = false)
        : base(message) => (Ranks, WasReported) = (ranks, wasReported);

    /// <summary>The processes that were lost; empty when it is not known which.</summary>
    public IReadOnlyList<int> Ranks { get; }

    /// <summary>Whether those processes know the reason and tell it themselves, so that nothing has to be said here.</summary>
    public bool WasReported { get; }

    /// <summary>The exit code with which those processes leave, where it is known: others do well to leave with the same.</summary>
    public int? ExitCode { get; init; }
}
