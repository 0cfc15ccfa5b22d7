namespace Electra.FineTuning;

/// <summary>A score over several runs.</summary>
/// <param name="Median">The middle one, or the mean of the two in the middle.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Of the sample, with one less than the number of runs below; NaN of one run.</param>
/// <param name="Minimum">The lowest.</param>
/// <param name="Maximum">The highest.</param>
/// <param name="Runs">How many.</param>
public readonly record struct MetricSummary(double Median, double Mean, double StandardDeviation, double Minimum, double Maximum, int Runs)
{
    /// <summary>Sums scores up.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static MetricSummary Of(IReadOnlyList<double> scores)
    {
        if (scores.Count == 0) throw new ArgumentException("There are no scores.", nameof(scores));
        double[] sorted = [.. scores.Order()];
        double mean = sorted.Average();
        double deviation = Math.Sqrt(sorted.Sum(score => (score - mean) * (score - mean)) / (sorted.Length - 1));
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new MetricSummary(median, mean, sorted.Length == 1 ? double.NaN : deviation, sorted[0], sorted[^1], sorted.Length);
    }
}
