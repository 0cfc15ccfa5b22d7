namespace Electra.Training;

/// <summary>How well the right candidates of questions are ranked. Questions without one are left out.</summary>
/// <param name="Questions">Questions with a right candidate.</param>
/// <param name="LeftOut">Questions without.</param>
/// <param name="MeanAveragePrecision">NaN without questions, as are the others.</param>
/// <param name="MeanReciprocalRank">Of the first right candidate.</param>
/// <param name="PrecisionAtOne">The share of questions whose first candidate is right.</param>
internal sealed record RankingScore(int Questions, int LeftOut, double MeanAveragePrecision, double MeanReciprocalRank, double PrecisionAtOne)
{
    /// <summary>Ranks the candidates of each question by falling score.</summary>
    public static RankingScore Of(IEnumerable<(IReadOnlyList<double> Scores, IReadOnlyList<bool> IsRight)> questions, TieRule ties)
    {
        var used = new List<(double Precision, double Reciprocal, double First)>();
        int leftOut = 0;
        foreach ((IReadOnlyList<double> scores, IReadOnlyList<bool> isRight) in questions)
        {
            if (!isRight.Contains(true)) leftOut++;
            else used.Add(Of(scores, isRight, ties));
        }

        double Mean(Func<(double Precision, double Reciprocal, double First), double> of) => used.Count == 0 ? double.NaN : used.Average(of);
        return new RankingScore(used.Count, leftOut, Mean(q => q.Precision), Mean(q => q.Reciprocal), Mean(q => q.First));
    }

    private static (double Precision, double Reciprocal, double First) Of(IReadOnlyList<double> scores, IReadOnlyList<bool> isRight, TieRule ties)
    {
        bool[] ranked =
        [
            .. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])
                .ThenBy(i => ties == TieRule.Stable ? 0 : isRight[i] == (ties == TieRule.Pessimistic) ? 1 : 0).Select(i => isRight[i]),
        ];
        double precisions = 0;
        int right = 0;
        for (int rank = 0; rank < ranked.Length; rank++)
            if (ranked[rank]) precisions += ++right / (rank + 1.0);
        return (precisions / right, 1.0 / (Array.IndexOf(ranked, true) + 1), ranked[0] ? 1 : 0);
    }
}
