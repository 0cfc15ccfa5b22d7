namespace Electra.Benchmarks.Results;

/// <summary>What one benchmark found.</summary>
/// <param name="Name">The command's name.</param>
/// <param name="Workload">What was run, in a sentence.</param>
/// <param name="Groups">The figures.</param>
internal sealed record BenchmarkResult(string Name, string Workload, IReadOnlyList<FigureGroup> Groups)
{
    /// <summary>The model's operations a second, by the rule of <see cref="ModelFlops"/>; null when it runs no model.</summary>
    public double? FlopsPerSecond { get; init; }

    /// <summary>The result with a group more.</summary>
    public BenchmarkResult With(FigureGroup group) => this with { Groups = [.. Groups, group] };
}
