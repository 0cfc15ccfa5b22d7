namespace Electra.Samples.FineTune.Options;

/// <summary>What was typed. Null: not given, so that the recipe or the task decides.</summary>
internal sealed record FineTuneArguments
{
    public string? Model { get; init; }

    public string? Task { get; init; }

    public string? Data { get; init; }

    public int? Layer { get; init; }

    public string? Train { get; init; }

    public string? Dev { get; init; }

    public string? Test { get; init; }

    public string? Text { get; init; }

    public string? Pair { get; init; }

    public string? Label { get; init; }

    public string? Id { get; init; }

    public string? Kind { get; init; }

    public bool NoHeader { get; init; }

    public string? LabelSeparator { get; init; }

    public string? Tags { get; init; }

    public string? Loss { get; init; }

    public bool SkipBadRows { get; init; }

    public int Seeds { get; init; } = 1;

    public long FirstSeed { get; init; }

    public int RandomRuns { get; init; }

    public int Retries { get; init; }

    public double? Epochs { get; init; }

    public double? LearningRate { get; init; }

    public int? BatchSize { get; init; }

    public int? MaxLength { get; init; }

    public double? Warmup { get; init; }

    public double? LayerDecay { get; init; }

    public string? Schedule { get; init; }

    public string? Head { get; init; }

    public string? HeadInit { get; init; }

    public bool Google { get; init; }

    public double? LabelSmoothing { get; init; }

    public bool BalanceClasses { get; init; }

    public double? RDrop { get; init; }

    public int? FreshLayers { get; init; }

    public IReadOnlyList<string> Freeze { get; init; } = [];

    public bool CopyTokenType { get; init; }

    public bool SelectBest { get; init; }

    public int? Patience { get; init; }

    public string? Template { get; init; }

    public string? Words { get; init; }

    public string? Padding { get; init; }

    public string Precision { get; init; } = "fp32";

    public string Device { get; init; } = "auto";

    public string Output { get; init; } = "runs/fine-tune";

    public int? SaveEvery { get; init; }

    public int? MaxSkippedSteps { get; init; }

    public int? Rollbacks { get; init; }

    public bool Resume { get; init; } = true;
}
