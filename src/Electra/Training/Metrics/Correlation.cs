namespace Electra.Training;

/// <summary>Correlations of two series of numbers; NaN when one of them is constant.</summary>
internal static class Correlation
{
    /// <summary>Pearson's, in two passes, so that a large mean costs no digits.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length) throw new ArgumentException($"{x.Length} numbers need as many to compare with, not {y.Length}.", nameof(y));
        (double meanX, double meanY) = (Mean(x), Mean(y));
        double both = 0, squaresX = 0, squaresY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            (double dx, double dy) = (x[i] - meanX, y[i] - meanY);
            (both, squaresX, squaresY) = (both + (dx * dy), squaresX + (dx * dx), squaresY + (dy * dy));
        }

        return squaresX == 0 || squaresY == 0 ? double.NaN : both / (Math.Sqrt(squaresX) * Math.Sqrt(squaresY));
    }

    /// <summary>Spearman's: Pearson's of the ranks, where equal numbers share the mean of theirs.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum / values.Length;
    }

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] keys = values.ToArray(), ranks = new double[keys.Length];
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        for (int start = 0, end; start < keys.Length; start = end)
        {
            for (end = start; end < keys.Length && keys[end] == keys[start];) end++;
            for (int i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2.0;
        }

        return ranks;
    }
}
