using Electra.Benchmarks.Timing;

namespace Electra.Benchmarks.Results;

/// <summary>One figure of a benchmark.</summary>
/// <param name="Name">snake_case; the JSON key, and with spaces the label.</param>
/// <param name="Value">The median when it was measured several times.</param>
/// <param name="Unit">For example <c>ms</c>; empty for a pure number.</param>
/// <param name="Distribution">All measurements; null for a single one.</param>
internal sealed record Figure(string Name, double Value, string Unit, Distribution? Distribution = null)
{
    /// <summary>Whether a wide spread of this figure makes the whole run worthless.</summary>
    public bool IsDecisive { get; init; }

    /// <summary>A figure measured several times.</summary>
    public static Figure Of(string name, Distribution distribution, string unit, bool isDecisive = false) =>
        new(name, distribution.Median, unit, distribution) { IsDecisive = isDecisive };
}
