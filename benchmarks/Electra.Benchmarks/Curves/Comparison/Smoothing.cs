namespace Electra.Benchmarks.Curves.Comparison;

/// <summary>Takes the noise of single batches out of a curve.</summary>
internal static class Smoothing
{
    /// <summary>
    /// Means over every whole window of consecutive points: as many fewer as the window has beside one. The same means of the steps are
    /// the middles of the windows.
    /// </summary>
    /// <param name="values">The curve, at least as long as the window.</param>
    /// <param name="window">Points to take together.</param>
    public static double[] MovingMean(double[] values, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, values.Length);
        return [.. Enumerable.Range(0, values.Length - window + 1).Select(start => values.AsSpan(start, window).ToArray().Average())];
    }
}
