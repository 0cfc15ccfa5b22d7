using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What the summed losses of a step are divided by: counts of its global batch, so that the step doesn't depend on how it was cut into
/// micro-batches. They stay on the device.
/// </summary>
/// <param name="Masked">Masked tokens, at least 1. () float32</param>
/// <param name="Tokens">Tokens that are no padding, at least 1. () float32</param>
internal sealed record LossCounts(Tensor Masked, Tensor Tokens)
{
    /// <summary>The counts of a masked batch.</summary>
    public static LossCounts Of(MaskedBatch batch)
    {
        using var scope = NewDisposeScope();
        Tensor tokens = batch.AttentionMask is null
            ? full([], Scalars.Of(batch.OriginalInputIds.numel()), ScalarType.Float32, batch.OriginalInputIds.device)
            : batch.AttentionMask.sum().to(ScalarType.Float32);
        return new LossCounts(
            batch.MaskedWeights.sum().clamp_min(Scalars.Of(1)).MoveToOuterDisposeScope(), tokens.clamp_min(Scalars.Of(1)).MoveToOuterDisposeScope());
    }
}
