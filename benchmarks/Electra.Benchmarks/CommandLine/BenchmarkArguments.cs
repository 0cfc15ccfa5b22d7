namespace Electra.Benchmarks.CommandLine;

/// <summary>What was typed; null where nothing was.</summary>
internal sealed record BenchmarkArguments
{
    public string? Model { get; init; }
    public string? Precision { get; init; }
    public int? BatchSize { get; init; }
    public int? MicroBatchSize { get; init; }
    public int? SequenceLength { get; init; }
    public int? Steps { get; init; }
    public int? Warmup { get; init; }
    public int? Threads { get; init; }
    public string? Device { get; init; }
    public string? Fused { get; init; }
    public bool Recompute { get; init; }
    public bool Json { get; init; }
    public IReadOnlyList<string> Corpus { get; init; } = [];
    public string? Vocabulary { get; init; }
}
