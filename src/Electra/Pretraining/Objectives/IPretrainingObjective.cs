using Electra.Configuration;
using Electra.Data;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What a run learns from: its networks, how text is corrupted, what is lost, and what is told of it. Everything else of a run is the same
/// for all objectives and knows none of them; a new one is one class.
/// </summary>
internal interface IPretrainingObjective : IDisposable
{
    /// <summary>The encoder that the run is for.</summary>
    ElectraConfig Config { get; }

    /// <summary>What is trained.</summary>
    TrainedNetworks Networks { get; }

    /// <summary>Running figures on the device, which a checkpoint holds under these names.</summary>
    IEnumerable<(string Name, Tensor Tensor)> Sums { get; }

    /// <summary>Corrupts a batch, all of it at once.</summary>
    /// <param name="inputIds">(batch, seq) int64</param>
    /// <param name="attentionMask">(batch, seq) int64; null without padding</param>
    /// <param name="tokenTypeIds">(batch, seq) int64; null when all are 0</param>
    /// <param name="draws">Of these rows.</param>
    MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws);

    /// <summary>The loss of some rows; figures are added to <see cref="Sums"/>. It waits for nothing.</summary>
    /// <param name="rows">Of a corrupted batch.</param>
    /// <param name="counts">Of the whole batch.</param>
    /// <returns>() float32, in the caller's dispose scope</returns>
    Tensor Loss(MaskedBatch rows, LossCounts counts);

    /// <summary>Called after each update of the parameters. It waits for nothing.</summary>
    void Updated()
    {
    }

    /// <summary>Waits for the device, gives means since the last read and starts again.</summary>
    /// <param name="updates">Updates since then.</param>
    ObjectiveReport Read(double updates);

    /// <summary>Begins an evaluation of held-out text.</summary>
    /// <param name="unigrams">Word counts of the training text, for baselines.</param>
    IObjectiveEvaluation Evaluate(UnigramModel unigrams);
}
