using Electra.Data;
using Electra.Distributed;
using Electra.Modeling;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The text of one update, of which this rank has a share: corrupted, each part takes some rows.</summary>
/// <param name="batch">As it was read: the rows of the share; disposed of with this.</param>
/// <param name="corrupted">In the step's dispose scope.</param>
/// <param name="share">Which rows of the update those are.</param>
/// <param name="group">The ranks.</param>
/// <param name="step">Updates made before it.</param>
/// <param name="device">Where it is, when networks make use of the layout of padding; else null.</param>
/// <param name="isLocal">Whether the rank trains by itself.</param>
internal sealed class PretrainingWork(
    TokenBatch batch, MaskedBatch corrupted, RankShare share, IProcessGroup group, long step, Device? device, bool isLocal = false)
    : ITrainingWork
{
    /// <inheritdoc/>
    public long TokenCount { get; } = SumOf(batch.TokenCount, group);

    /// <inheritdoc/>
    public int Parts => share.Parts;

    /// <summary>Updates made before this one.</summary>
    public long Step => step;

    /// <summary>Where the next batch begins.</summary>
    public DataPosition Next => batch.Next;

    /// <summary>What losses are divided by: of the whole update.</summary>
    public LossCounts Counts { get; } = LossCounts.Of(corrupted, group, isLocal);

    /// <summary>What a part is among those of the whole update.</summary>
    public int NumberOf(int part) => share.FirstPart + part;

    /// <summary>The rows of a part, in the current dispose scope: that of the step, since attention needs the layout in the backward pass too.</summary>
    public MaskedBatch Part(int part)
    {
        (int start, int rows) = share.Part(part);
        PackedSequences? layout = batch.Lengths is null || device is null
            ? null
            : PackedSequences.Of([.. batch.Lengths.Skip(start).Take(rows)], (int)batch.InputIds.shape[1], device);
        return corrupted.Rows(start, rows, layout);
    }

    /// <inheritdoc/>
    public void Dispose() => batch.Dispose();

    private static long SumOf(long own, IProcessGroup group)
    {
        double[] sum = [own];
        group.AllReduceSum(sum);
        return (long)sum[0];
    }
}
