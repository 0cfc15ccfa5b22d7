using Electra.Benchmarks.Yardstick;

namespace Electra.Benchmarks.Results;

/// <summary>A benchmark's figures with what the machine was like meanwhile.</summary>
/// <param name="Result">The figures.</param>
/// <param name="Before">The yardstick before.</param>
/// <param name="After">The yardstick after.</param>
/// <param name="OthersLoad">The share of the processors that other processes took; null when unknown.</param>
/// <param name="Verdict">Whether the run is good.</param>
internal sealed record JudgedResult(
    BenchmarkResult Result, GemmYardstick Before, GemmYardstick After, double? OthersLoad, Verdict Verdict);
