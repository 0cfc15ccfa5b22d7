using Electra.Distributed;
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
        (Tensor masked, Tensor tokens) = Sums(batch);
        return new LossCounts(masked.clamp_min(Scalars.Of(1)).MoveToOuterDisposeScope(), tokens.clamp_min(Scalars.Of(1)).MoveToOuterDisposeScope());
    }

    /// <summary>The counts of a batch of which each rank has some rows.</summary>
    /// <param name="rows">Those of this rank.</param>
    /// <param name="group">The ranks.</param>
    /// <param name="isLocal">
    /// Whether ranks train by themselves: the counts are then of these rows alone, times the ranks, so that losses of all ranks add up to their mean.
    /// </param>
    public static LossCounts Of(MaskedBatch rows, IProcessGroup group, bool isLocal = false)
    {
        if (group.Size == 1) return Of(rows);
        using var scope = NewDisposeScope();
        (Tensor masked, Tensor tokens) = Sums(rows);
        Tensor sums = stack([masked, tokens]);
        if (isLocal) sums.mul_(Scalars.Of(group.Size));
        else group.AllReduceSum(sums);
        sums.clamp_min_(Scalars.Of(1));
        return new LossCounts(sums.select(0, 0).MoveToOuterDisposeScope(), sums.select(0, 1).MoveToOuterDisposeScope());
    }

    private static (Tensor Masked, Tensor Tokens) Sums(MaskedBatch batch) => (
        batch.MaskedWeights.sum(),
        batch.AttentionMask is null
            ? full([], Scalars.Of(batch.OriginalInputIds.numel()), ScalarType.Float32, batch.OriginalInputIds.device)
            : batch.AttentionMask.sum().to(ScalarType.Float32));
}
