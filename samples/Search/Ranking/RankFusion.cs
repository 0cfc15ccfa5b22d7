namespace Electra.Samples.Search.Ranking;

/// <summary>Makes one ranking of several by their ranks alone, since their scores can't be compared (Cormack, Clarke and Buettcher 2009).</summary>
internal static class RankFusion
{
    /// <summary>How little the first ranks stand out.</summary>
    public const int Constant = 60;

    /// <summary>The sum, over rankings, of 1 / (60 + rank), ranks from 1; what no ranking has gets 0.</summary>
    /// <param name="passages">How many there are.</param>
    /// <param name="rankings">Of each the numbers of its passages, the best one first.</param>
    public static double[] Scores(int passages, params IEnumerable<int>[] rankings)
    {
        var scores = new double[passages];
        foreach (IEnumerable<int> ranking in rankings)
            foreach ((int place, int passage) in ranking.Index()) scores[passage] += 1.0 / (Constant + place + 1);
        return scores;
    }
}
