namespace Electra.Training;

/// <summary>How well the right candidates of questions are ranked. Questions without one are left out.</summary>
/// <param name="Questions">Questions with a right candidate.</param>
/// <param name="LeftOut">Questions without.</param>
/// <param name="MeanAveragePrecision">NaN without questions, as are the others.</param>
/// <param name="MeanReciprocalRank">Of the first right candidate.</param>
/// <param name="PrecisionAtOne">The share of questions whose first candidate is right.</param>
/// <param name="NormalizedGain">
/// nDCG of the first so many candidates: each right one counts 1 / log2(rank + 1), beside what the best order gets.
/// </param>
public sealed record RankingScore(
    int Questions, int LeftOut, double MeanAveragePrecision, double MeanReciprocalRank, double PrecisionAtOne, double NormalizedGain)
{
    /// <summary>Ranks the candidates of each question by falling score.</summary>
    /// <param name="questions">The scores of each one's candidates, and which of those are right.</param>
    /// <param name="ties">What becomes of equal scores.</param>
    /// <param name="depth">Candidates that <see cref="NormalizedGain"/> looks at; positive. <value>Default: 10.</value></param>
    /// <exception cref="ArgumentException">A question has another number of scores than of candidates, or a score is NaN.</exception>
    public static RankingScore Of(
        IEnumerable<(IReadOnlyList<double> Scores, IReadOnlyList<bool> IsRight)> questions, TieRule ties = TieRule.Averaged, int depth = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        var used = new List<Figures>();
        int leftOut = 0;
        foreach ((IReadOnlyList<double> scores, IReadOnlyList<bool> isRight) in questions)
        {
            if (scores.Count != isRight.Count) throw new ArgumentException($"{scores.Count} scores need as many labels, not {isRight.Count}.", nameof(questions));
            if (scores.Any(double.IsNaN)) throw new ArgumentException("A score is NaN; it can't be ranked.", nameof(questions));
            if (!isRight.Contains(true)) leftOut++;
            else used.Add(Of(scores, isRight, ties, depth));
        }

        double Mean(Func<Figures, double> of) => used.Count == 0 ? double.NaN : used.Average(of);
        return new RankingScore(used.Count, leftOut, Mean(q => q.Precision), Mean(q => q.Reciprocal), Mean(q => q.First), Mean(q => q.Gain));
    }

    private static Figures Of(IReadOnlyList<double> scores, IReadOnlyList<bool> isRight, TieRule ties, int depth)
    {
        int[] order =
        [
            .. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])
                .ThenBy(i => ties is TieRule.Stable or TieRule.Averaged ? 0 : isRight[i] == (ties == TieRule.Pessimistic) ? 1 : 0),
        ];
        int right = isRight.Count(relevant => relevant), before = 0; // right ones among those that are ranked already
        double precisions = 0, reciprocal = 0, first = 0, gain = 0, ideal = Enumerable.Range(0, Math.Min(right, depth)).Sum(Discount);
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = start + 1;
            while (ties == TieRule.Averaged && end < order.Length && scores[order[end]] == scores[order[start]]) end++;
            int tied = end - start, among = order[start..end].Count(i => isRight[i]);
            if (among == 0) continue;
            double share = (double)among / tied, noneYet = 1; // the chance that no right one has come yet
            for (int i = 0; i < tied; i++)
            {
                int rank = start + i;
                precisions += share * (before + 1 + (tied > 1 ? (double)i * (among - 1) / (tied - 1) : 0)) / (rank + 1);
                if (rank < depth) gain += share * Discount(rank);
                if (before > 0) continue;
                double comes = Math.Min(1, (double)among / (tied - i));
                reciprocal += noneYet * comes / (rank + 1);
                noneYet *= 1 - comes;
            }

            if (start == 0) first = share;
            before += among;
        }

        return new Figures(precisions / right, reciprocal, first, gain / ideal);
    }

    private static double Discount(int rank) => 1 / Math.Log2(rank + 2);

    private readonly record struct Figures(double Precision, double Reciprocal, double First, double Gain);
}
