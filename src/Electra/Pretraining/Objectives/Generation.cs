using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>What the generator makes of a masked batch.</summary>
/// <param name="Loss">The summed negative log-likelihood of the masked tokens. () float32</param>
/// <param name="Losses">The same of each slot, 0 where it is unused; no gradient. (batch, slots) float32</param>
/// <param name="Hits">1 where the likeliest word is the original, 0 elsewhere and at unused slots. (batch, slots) float32</param>
/// <param name="Samples">A word for every slot; null when none was asked for. (batch, slots) int64</param>
/// <param name="LogProbabilities">
/// All predictions, without a gradient; null when the fused training path ran, which never holds them. (batch, slots, vocabulary) float32
/// </param>
internal sealed record Generation(Tensor Loss, Tensor Losses, Tensor Hits, Tensor? Samples, Tensor? LogProbabilities)
{
    /// <summary>Hands all tensors to the dispose scope around the current one.</summary>
    public Generation MoveToOuterDisposeScope()
    {
        foreach (Tensor? tensor in (Tensor?[])[Loss, Losses, Hits, Samples, LogProbabilities]) tensor?.MoveToOuterDisposeScope();
        return this;
    }
}
