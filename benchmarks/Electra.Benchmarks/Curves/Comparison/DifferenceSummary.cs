namespace Electra.Benchmarks.Curves.Comparison;

/// <summary>bfloat16 - float32 of one seed, and what seeds differ by, over the second half of the run.</summary>
/// <param name="PrecisionMeanAbsolute">Mean absolute difference of the precisions.</param>
/// <param name="PrecisionMean">With its sign: above 0, bfloat16 is worse.</param>
/// <param name="SeedsMeanAbsolute">Mean absolute difference of two float32 seeds, over all pairs.</param>
/// <param name="SeedsSmallest">That of the closest pair.</param>
/// <param name="SeedsLargest">That of the farthest pair.</param>
internal sealed record DifferenceSummary(
    double PrecisionMeanAbsolute, double PrecisionMean, double SeedsMeanAbsolute, double SeedsSmallest, double SeedsLargest)
{
    /// <summary>Whether precision makes no more difference than a seed.</summary>
    public bool IsWithinNoise => PrecisionMeanAbsolute <= SeedsMeanAbsolute;

    /// <summary>Sums up.</summary>
    /// <param name="bfloat16">The curve in bfloat16, from the first seed.</param>
    /// <param name="float32">The curves in float32, the first seed's first.</param>
    public static DifferenceSummary Of(double[] bfloat16, IReadOnlyList<double[]> float32)
    {
        double[] precision = Spread.SecondHalf(Spread.Difference(bfloat16, float32[0]));
        double[] seeds = [.. Spread.Pairs(float32).Select(pair => Spread.MeanAbsolute(Spread.SecondHalf(pair)))];
        return new DifferenceSummary(Spread.MeanAbsolute(precision), precision.Average(), seeds.Average(), seeds.Min(), seeds.Max());
    }
}
