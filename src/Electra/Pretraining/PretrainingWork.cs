using Electra.Data;
using Electra.Modeling;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The text of one update: the global batch, corrupted, of which each part takes some rows.</summary>
/// <param name="batch">As it was read; disposed of with this.</param>
/// <param name="corrupted">In the step's dispose scope.</param>
/// <param name="plan">What the update takes.</param>
/// <param name="step">Updates made before it.</param>
/// <param name="device">Where it is, when networks make use of the layout of padding; else null.</param>
internal sealed class PretrainingWork(TokenBatch batch, MaskedBatch corrupted, StepPlan plan, long step, Device? device) : ITrainingWork
{
    /// <inheritdoc/>
    public long TokenCount => batch.TokenCount;

    /// <inheritdoc/>
    public int Parts => plan.MicroBatches;

    /// <summary>Updates made before this one.</summary>
    public long Step => step;

    /// <summary>Where the next batch begins.</summary>
    public DataPosition Next => batch.Next;

    /// <summary>What losses are divided by.</summary>
    public LossCounts Counts { get; } = LossCounts.Of(corrupted);

    /// <summary>The rows of a part, in the current dispose scope: that of the step, since attention needs the layout in the backward pass too.</summary>
    public MaskedBatch Part(int part)
    {
        int rows = plan.MicroBatchSize, start = part * rows;
        PackedSequences? layout = batch.Lengths is null || device is null
            ? null
            : PackedSequences.Of([.. batch.Lengths.Skip(start).Take(rows)], (int)batch.InputIds.shape[1], device);
        return corrupted.Rows(start, rows, layout);
    }

    /// <inheritdoc/>
    public void Dispose() => batch.Dispose();
}
