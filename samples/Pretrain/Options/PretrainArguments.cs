namespace Electra.Samples.Pretrain.Options;

/// <summary>What was typed. Null: not given, so that the model's recipe decides.</summary>
internal sealed record PretrainArguments
{
    public IReadOnlyList<string> Corpus { get; init; } = [];

    public string? Vocabulary { get; init; }

    public int? VocabSize { get; init; }

    public int? Alphabet { get; init; }

    public int? MinimumFrequency { get; init; }

    public bool Cased { get; init; }

    public bool KeepAccents { get; init; }

    public string? Model { get; init; }

    public double? GeneratorSize { get; init; }

    public int? SequenceLength { get; init; }

    public int? BatchSize { get; init; }

    public int? MicroBatchSize { get; init; }

    public int? Steps { get; init; }

    public string? Budget { get; init; }

    public string? Phases { get; init; }

    public string? BatchRamp { get; init; }

    public double? LearningRate { get; init; }

    public int? WarmupSteps { get; init; }

    public string? Schedule { get; init; }

    public string? Precision { get; init; }

    public string Device { get; init; } = "auto";

    public string? Positions { get; init; }

    public string? Generator { get; init; }

    public string? OptionsFile { get; init; }

    public double? SecondSegments { get; init; }

    public string? Optimizer { get; init; }

    public string? Objective { get; init; }

    public long? Seed { get; init; }

    public string Output { get; init; } = "runs/pretrain";

    public int? EvaluateEvery { get; init; }

    public int? SaveEvery { get; init; }

    public int? LogEvery { get; init; }

    public int? MaxSkippedSteps { get; init; }

    public int? Rollbacks { get; init; }

    public double? LossSpike { get; init; }

    public bool Resume { get; init; } = true;

    public bool SkipBadLines { get; init; }

    public bool OneDocumentPerLine { get; init; }

    public double? HeldOutShare { get; init; }

    public bool KeepPrepared { get; init; }

    public string? From { get; init; }

    public string? FromGenerator { get; init; }

    public int? FromHeads { get; init; }

    public bool KeepsState { get; init; } = true;

    public string? ExtraWords { get; init; }

    public int? ExtraWordCount { get; init; }

    public int? MaxPositions { get; init; }
}
