namespace Electra.Benchmarks.Race;

/// <summary>What was typed after <c>race</c>; null where nothing was.</summary>
internal sealed record RaceArguments
{
    public string Variants { get; init; } = "";
    public IReadOnlyList<string> Corpus { get; init; } = [];
    public string Vocabulary { get; init; } = "";
    public int? Seeds { get; init; }
    public TimeSpan? Budget { get; init; }
    public double? Flops { get; init; }
    public double? Tokens { get; init; }
    public string Output { get; init; } = "";
    public int? Slices { get; init; }
    public int? Length { get; init; }
    public double? HeldOut { get; init; }
    public string? MinimalPairs { get; init; }
    public int? PairsPerParadigm { get; init; }
    public string? Glue { get; init; }
    public IReadOnlyList<string> Tasks { get; init; } = [];
    public int? GlueExamples { get; init; }
    public int? Threads { get; init; }
    public string? Device { get; init; }
    public bool Json { get; init; }
}
