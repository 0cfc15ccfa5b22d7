using Electra.Benchmarks.Yardstick;
using static System.FormattableString;

namespace Electra.Benchmarks.Results;

/// <summary>Whether a run can be believed: the machine must have been quiet and the same from beginning to end.</summary>
/// <param name="Reasons">Why not, a plain clause each; none for a good run.</param>
internal sealed record Verdict(IReadOnlyList<string> Reasons)
{
    private const double WidestSpread = 0.10;
    private const double LargestDrift = 0.10;
    private const double LargestOtherLoad = 0.05;
    private const int FewestMeasurements = 5;

    /// <summary>Whether nothing speaks against the figures.</summary>
    public bool IsGood => Reasons.Count == 0;

    /// <summary>Judges one result.</summary>
    /// <param name="result">The figures.</param>
    /// <param name="before">The yardstick before the benchmark.</param>
    /// <param name="after">The yardstick after it.</param>
    /// <param name="othersLoad">The share of the processors that other processes took; null when unknown.</param>
    public static Verdict On(BenchmarkResult result, GemmYardstick before, GemmYardstick after, double? othersLoad) => new(
    [
        .. result.Groups.SelectMany(group => group.Figures.Where(figure => figure.IsDecisive).SelectMany(figure => Faults(group, figure))),
        .. Drift(before.Rate.Median, after.Rate.Median),
        .. OtherLoad(othersLoad),
    ]);

    private static IEnumerable<string> Faults(FigureGroup group, Figure figure)
    {
        string name = $"{group.Name} {figure.Name}".Replace('_', ' ');
        if (figure.Distribution is not { } measured) yield break;
        if (measured.Count < FewestMeasurements)
            yield return $"{name} was measured {measured.Count} time(s), too few to know its spread (take {FewestMeasurements} or more)";
        if (measured.Spread > WidestSpread)
            yield return Invariant($"{name} spreads over {measured.Spread:P1} of its median (p10 to p90; good: up to {WidestSpread:P0})");
    }

    private static IEnumerable<string> Drift(double before, double after)
    {
        double drift = Math.Abs(after - before) / Math.Max(before, after);
        if (drift > LargestDrift)
            yield return Invariant($"the GEMM rate changed by {drift:P1} from start to end (good: up to {LargestDrift:P0})");
    }

    private static IEnumerable<string> OtherLoad(double? share)
    {
        if (share > LargestOtherLoad)
            yield return Invariant($"other processes took {share:P0} of the processors (good: up to {LargestOtherLoad:P0})");
    }
}
