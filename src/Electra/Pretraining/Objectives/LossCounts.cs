using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What the summed losses of a step are divided by: counts of its global batch, so that the step doesn't depend on how it was cut into
/// micro-batches. They stay on the device.
/// </summary>
/// <param name="Masked">Masked tokens, at least 1. () float32</param>
/// <param name="Tokens">Tokens that are no padding, at least 1. () float32</param>
public sealed record LossCounts(Tensor Masked, Tensor Tokens)
{
    /// <summary>The counts of a batch that is not masked yet.</summary>
    public static LossCounts Of(TokenMasker masker, Tensor inputIds, Tensor? attentionMask)
    {
        using var scope = NewDisposeScope();
        Tensor masked = masker.MaskedCounts(inputIds, attentionMask).sum();
        return Of(masked, inputIds, attentionMask);
    }

    /// <summary>The counts of a masked batch.</summary>
    public static LossCounts Of(MaskedBatch batch)
    {
        using var scope = NewDisposeScope();
        return Of(batch.MaskedWeights.sum(), batch.OriginalInputIds, batch.AttentionMask);
    }

    private static LossCounts Of(Tensor masked, Tensor inputIds, Tensor? attentionMask)
    {
        Tensor tokens = attentionMask is null
            ? full([], inputIds.numel(), ScalarType.Float32, inputIds.device)
            : attentionMask.sum().to(ScalarType.Float32);
        return new LossCounts(
            masked.to(ScalarType.Float32).clamp_min(1).MoveToOuterDisposeScope(), tokens.clamp_min(1).MoveToOuterDisposeScope());
    }
}
