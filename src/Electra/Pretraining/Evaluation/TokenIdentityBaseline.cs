using System.Runtime.InteropServices;
using Electra.Distributed;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Replaced token detection by somebody who sees only which token it is, never its context: the score of an id is how often it was a
/// replacement in other data. A weak generator gives itself away by the tokens that it likes, so an RTD area under the curve
/// means something only as a margin over this one.
/// </summary>
internal sealed class TokenIdentityBaseline
{
    private readonly double smoothing;
    private readonly long[] seen;
    private readonly long[] replaced;
    private readonly List<int> judgedIds = [];
    private readonly List<bool> judgedLabels = [];
    private long seenTotal;
    private long replacedTotal;

    /// <summary>Starts with nothing learned.</summary>
    /// <param name="vocabSize">Number of token ids.</param>
    /// <param name="smoothing">Weight of the overall rate: an id seen this often counts half by its own. <value>5</value></param>
    public TokenIdentityBaseline(int vocabSize, double smoothing = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smoothing);
        this.smoothing = smoothing;
        seen = new long[vocabSize];
        replaced = new long[vocabSize];
    }

    /// <summary>Learns the replaced rates from one part of the evaluation data (what the discriminator reads, and the truth).</summary>
    public void Learn(ReadOnlySpan<int> ids, ReadOnlySpan<bool> isReplaced)
    {
        ThrowIfLengthsDiffer(ids, isReplaced);
        for (int i = 0; i < ids.Length; i++)
        {
            seen[ids[i]]++;
            seenTotal++;
            if (!isReplaced[i]) continue;
            replaced[ids[i]]++;
            replacedTotal++;
        }
    }

    /// <summary>Keeps tokens of the other part, to be judged by <see cref="Compute"/>.</summary>
    public void Judge(ReadOnlySpan<int> ids, ReadOnlySpan<bool> isReplaced)
    {
        ThrowIfLengthsDiffer(ids, isReplaced);
        judgedIds.AddRange(ids);
        judgedLabels.AddRange(isReplaced);
    }

    /// <summary>Adds what other processes have learned and keep to be judged.</summary>
    public void Gather(IProcessGroup group)
    {
        if (group.Size == 1) return;
        Sum(seen);
        Sum(replaced);
        (seenTotal, replacedTotal) = (seen.Sum(), replaced.Sum());
        float[] ids = ProcessGroup.AllGather(group, [.. judgedIds.Select(id => (float)id)]);
        float[] labels = ProcessGroup.AllGather(group, [.. judgedLabels.Select(label => label ? 1f : 0f)]);
        judgedIds.Clear();
        judgedLabels.Clear();
        judgedIds.AddRange(ids.Select(id => (int)id));
        judgedLabels.AddRange(labels.Select(label => label != 0));

        void Sum(long[] counts)
        {
            using Tensor sums = tensor(counts);
            group.AllReduceSum(sums);
            sums.data<long>().CopyTo(counts);
        }
    }

    /// <summary>The smoothed replaced rate of an id, 0 to 1; the overall rate for an id never seen.</summary>
    public double Score(int id)
    {
        double overall = seenTotal == 0 ? 0 : (double)replacedTotal / seenTotal;
        return (replaced[id] + smoothing * overall) / (seen[id] + smoothing);
    }

    /// <summary>The area under the ROC curve over all judged tokens; 0.5 when there is nothing to rank.</summary>
    public double Compute()
    {
        float[] scores = [.. judgedIds.Select(id => (float)Score(id))];
        return RankStatistics.AreaUnderRocCurve(scores, CollectionsMarshal.AsSpan(judgedLabels));
    }

    private static void ThrowIfLengthsDiffer(ReadOnlySpan<int> ids, ReadOnlySpan<bool> isReplaced)
    {
        if (ids.Length != isReplaced.Length) throw new ArgumentException($"{ids.Length} ids need as many labels, not {isReplaced.Length}.");
    }
}
