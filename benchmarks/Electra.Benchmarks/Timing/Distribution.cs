namespace Electra.Benchmarks.Timing;

/// <summary>Repeated measurements of one quantity. Percentiles are interpolated between neighbours.</summary>
internal sealed record Distribution(double Median, double P10, double P90, double Minimum, double Maximum, int Count)
{
    /// <summary>The distance from the 10th to the 90th percentile as a share of the median.</summary>
    public double Spread => (P90 - P10) / Median;

    /// <summary>Sums up measurements, of which there must be one or more.</summary>
    public static Distribution Of(IEnumerable<double> measurements)
    {
        double[] sorted = [.. measurements.Order()];
        return new Distribution(
            Percentile(sorted, 0.5), Percentile(sorted, 0.1), Percentile(sorted, 0.9), sorted[0], sorted[^1], sorted.Length);
    }

    /// <summary>For example seconds to tokens a second: <paramref name="amount"/> divided by each measurement.</summary>
    public Distribution RateOf(double amount) =>
        new(amount / Median, amount / P90, amount / P10, amount / Maximum, amount / Minimum, Count);

    /// <summary>In another unit.</summary>
    public Distribution Times(double factor) =>
        new(Median * factor, P10 * factor, P90 * factor, Minimum * factor, Maximum * factor, Count);

    /// <summary>What a share of the measurements, 0 to 1, does not exceed.</summary>
    public static double Percentile(IEnumerable<double> measurements, double share) => Percentile([.. measurements.Order()], share);

    private static double Percentile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double above = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + ((place - below) * (above - sorted[below]));
    }
}
