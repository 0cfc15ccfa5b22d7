using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>A batch with some tokens masked. The number of slots is fixed, so no step waits for a count; unused slots weigh 0.</summary>
/// <param name="OriginalInputIds">The text. (batch, seq) int64</param>
/// <param name="AttentionMask">1 at tokens, 0 at padding; null without padding. (batch, seq) int64</param>
/// <param name="TokenTypeIds">Segments; null when all are 0. (batch, seq) int64</param>
/// <param name="InputIds">The masked text, which the generator reads. (batch, seq) int64</param>
/// <param name="MaskedPositions">Chosen positions. (batch, slots) int64</param>
/// <param name="MaskedOriginalIds">The tokens there. (batch, slots) int64</param>
/// <param name="MaskedWeights">1 for slots in use, 0 for others. (batch, slots) float32</param>
/// <param name="Places">What the generator reads at each slot, a <see cref="MaskedPlace"/> as a number. (batch, slots) int64</param>
/// <param name="IsText">True where a token is neither padding nor special: what figures are about. (batch, seq) bool</param>
internal sealed record MaskedBatch(
    Tensor OriginalInputIds,
    Tensor? AttentionMask,
    Tensor? TokenTypeIds,
    Tensor InputIds,
    Tensor MaskedPositions,
    Tensor MaskedOriginalIds,
    Tensor MaskedWeights,
    Tensor Places,
    Tensor IsText)
{
    /// <summary>Where padding is, as known on the host; null without padding or when it is not known.</summary>
    public PackedSequences? Layout { get; init; }

    /// <summary>For each slot the uniform draw in [0, 1) that a sample is taken by; null where none is taken. (batch, slots) float32</summary>
    internal Tensor? SamplingDraws { get; init; }

    /// <summary>Some rows, as views in the current dispose scope.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="layout">Where padding is in them.</param>
    internal MaskedBatch Rows(long start, long count, PackedSequences? layout) => new(
        OriginalInputIds.narrow(0, start, count), AttentionMask?.narrow(0, start, count), TokenTypeIds?.narrow(0, start, count),
        InputIds.narrow(0, start, count), MaskedPositions.narrow(0, start, count), MaskedOriginalIds.narrow(0, start, count),
        MaskedWeights.narrow(0, start, count), Places.narrow(0, start, count), IsText.narrow(0, start, count))
    {
        Layout = layout,
        SamplingDraws = SamplingDraws?.narrow(0, start, count),
    };

    /// <summary>The same, with what a sample for each slot is taken by.</summary>
    internal MaskedBatch WithSamplingDraws(StepRandomness draws) => this with { SamplingDraws = draws.Sampling.gather(1, MaskedPositions) };

    /// <summary>Hands what masking made to the dispose scope around the current one.</summary>
    internal MaskedBatch MoveToOuterDisposeScope()
    {
        foreach (Tensor tensor in (Tensor[])[InputIds, MaskedPositions, MaskedOriginalIds, MaskedWeights, Places, IsText]) tensor.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>The original text with <paramref name="ids"/> at the slots in use.</summary>
    /// <param name="ids">(batch, slots) int64</param>
    /// <returns>A fresh tensor. (batch, seq) int64</returns>
    public Tensor Replace(Tensor ids) => Write(OriginalInputIds, MaskedPositions, MaskedWeights, ids);

    /// <summary>1 at the positions of slots in use, 0 elsewhere. (batch, seq) float32</summary>
    internal Tensor Chosen()
    {
        using var scope = NewDisposeScope();
        return Write(zeros_like(OriginalInputIds), MaskedPositions, MaskedWeights, ones_like(MaskedPositions)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>A copy of <paramref name="inputIds"/> with <paramref name="ids"/> written at positions whose weight is not 0.</summary>
    internal static Tensor Write(Tensor inputIds, Tensor positions, Tensor weights, Tensor ids)
    {
        using var scope = NewDisposeScope();
        long length = inputIds.shape[1];
        // Unused slots write to a column beyond the text: their positions may be anything.
        Tensor targets = where(weights.gt(Scalars.Of(0)), positions, positions.new_full([], Scalars.Of(length)));
        Tensor wide = nn.functional.pad(inputIds, [0, 1]); // (batch, seq + 1)
        return wide.scatter_(1, targets, ids).narrow(1, 0, length).contiguous().MoveToOuterDisposeScope();
    }
}
