namespace Electra.Benchmarks.Curves;

/// <summary>What was typed after <c>curves</c>; null where nothing was.</summary>
internal sealed record CurvesArguments
{
    public string? Model { get; init; }
    public int? Layers { get; init; }
    public IReadOnlyList<string> Corpus { get; init; } = [];
    public string? Vocabulary { get; init; }
    public int? VocabSize { get; init; }
    public int? Steps { get; init; }
    public int? BatchSize { get; init; }
    public int? SequenceLength { get; init; }
    public double? LearningRate { get; init; }
    public int? Seeds { get; init; }
    public int? EvaluateEvery { get; init; }
    public int? Threads { get; init; }
    public string? Device { get; init; }
    public string? Output { get; init; }
    public bool Json { get; init; }
}
