using Electra.FineTuning;

namespace Electra.Benchmarks.Race.Results;

/// <summary>A variant over its seeds.</summary>
/// <param name="Name">The variant's.</param>
/// <param name="Runs">Those that came to their end.</param>
/// <param name="Diverged">How many did not.</param>
internal sealed record VariantSummary(string Name, IReadOnlyList<ContestantResult> Runs, int Diverged)
{
    /// <summary>All variants, in the order of the results.</summary>
    public static IReadOnlyList<VariantSummary> Of(IEnumerable<ContestantResult> results) =>
    [
        .. results.GroupBy(result => result.Variant).Select(group => new VariantSummary(
            group.Key, [.. group.Where(result => result.Diverged is null)], group.Count(result => result.Diverged is not null))),
    ];

    /// <summary>A figure over the seeds; null where no run has it.</summary>
    public MetricSummary? Figure(string key)
    {
        double[] values = [.. Runs.Where(run => run.Figures.ContainsKey(key)).Select(run => run.Figures[key])];
        return values.Length == 0 ? null : MetricSummary.Of(values);
    }

    /// <summary>The mean of something else over the seeds; NaN without runs.</summary>
    public double Mean(Func<ContestantResult, double> value) => Runs.Count == 0 ? double.NaN : Runs.Average(value);
}
