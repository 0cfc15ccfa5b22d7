using System.Numerics;

namespace Electra.Training;

/// <summary>Statistics that depend on the order of scores only.</summary>
internal static class RankStatistics
{
    /// <summary>
    /// The area under the ROC curve: the chance that a positive item scores above a negative one, ties counting one half. Exact
    /// (Mann-Whitney U over mid-ranks), O(n log n).
    /// </summary>
    /// <param name="scores">Higher means more likely positive; no NaN.</param>
    /// <param name="isPositive">The truth, as long as <paramref name="scores"/>.</param>
    /// <returns>0 to 1; 0.5 when one of the two classes is absent, since there is then nothing to rank.</returns>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static double AreaUnderRocCurve(ReadOnlySpan<float> scores, ReadOnlySpan<bool> isPositive) => AreaUnderRocCurve(scores, isPositive, 0.5);

    /// <summary>As above; NaN when all examples are of one class.</summary>
    public static double AreaUnderRocCurve(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPositive) =>
        AreaUnderRocCurve(scores, isPositive, double.NaN);

    private static double AreaUnderRocCurve<T>(ReadOnlySpan<T> scores, ReadOnlySpan<bool> isPositive, double ofOneClass)
        where T : struct, IFloatingPointIeee754<T>
    {
        if (scores.Length != isPositive.Length)
        {
            throw new ArgumentException($"{scores.Length} scores need as many labels, not {isPositive.Length}.", nameof(isPositive));
        }

        T[] keys = scores.ToArray();
        bool[] labels = isPositive.ToArray();
        Array.Sort(keys, labels);
        // sorting puts NaN first
        if (keys.Length > 0 && T.IsNaN(keys[0])) throw new ArgumentException("A score is NaN; it can't be ranked.", nameof(scores));

        long positives = 0;
        double positiveRankSum = 0;
        for (int start = 0; start < keys.Length;)
        {
            int end = start;
            long positivesInTie = 0;
            for (; end < keys.Length && keys[end] == keys[start]; end++)
            {
                if (labels[end]) positivesInTie++;
            }

            // ranks start + 1 .. end share their mean
            positiveRankSum += positivesInTie * ((start + 1 + end) / 2.0);
            positives += positivesInTie;
            start = end;
        }

        long negatives = keys.Length - positives;
        if (positives == 0 || negatives == 0) return ofOneClass;
        return (positiveRankSum - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }

    /// <summary>The rank of one score among others, 1 = the highest; ties count one half each: a constant scorer gets the middle.</summary>
    /// <param name="scores">All scores.</param>
    /// <param name="index">Which of them is ranked.</param>
    /// <returns>1 to <c>scores.Length</c>, in steps of one half.</returns>
    public static double RankFromTop(ReadOnlySpan<float> scores, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, scores.Length);
        int above = 0, ties = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (i == index) continue;
            if (scores[i] > scores[index]) above++;
            else if (scores[i] == scores[index]) ties++;
        }

        return 1 + above + ties / 2.0;
    }
}
