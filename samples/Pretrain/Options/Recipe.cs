using Electra.Configuration;
using Electra.Optimization;
using Electra.Pretraining;

namespace Electra.Samples.Pretrain.Options;

/// <summary>A network and the settings that go with it.</summary>
internal sealed record Recipe
{
    public required string Name { get; init; }

    public required ElectraConfig Config { get; init; }

    public required double GeneratorSize { get; init; }

    public required double MaskProbability { get; init; }

    public required int VocabularySize { get; init; }

    public PositionInitialization PositionInitialization { get; init; }

    public required int SequenceLength { get; init; }

    public required int BatchSize { get; init; }

    public required int MicroBatchSize { get; init; }

    public required int Steps { get; init; }

    public required double LearningRate { get; init; }

    public required int WarmupSteps { get; init; }

    public required LearningRateScheduleKind Schedule { get; init; }

    public required int EvaluateEvery { get; init; }

    public required int SaveEvery { get; init; }

    public required int LogEvery { get; init; }

    /// <summary>Names that <c>--model</c> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["tiny", "mini", "small", "base", "large"];

    /// <summary>Four layers of 128, for an hour on a few CPU cores; also what a config.json without a recipe of its own is trained like.</summary>
    public static Recipe Tiny => new()
    {
        Name = "tiny",
        Config = ElectraConfig.Tiny,
        GeneratorSize = 0.25,
        MaskProbability = 0.15,
        VocabularySize = 4000,
        SequenceLength = 64,
        BatchSize = 32,
        MicroBatchSize = 32,
        Steps = 50_000,
        LearningRate = 5e-4,
        WarmupSteps = 2000,
        Schedule = LearningRateScheduleKind.Linear,
        EvaluateEvery = 2000,
        SaveEvery = 2000,
        LogEvery = 50,
    };

    /// <summary>The recipe of a name; null for an unknown one. small, base and large are the library's, which are the paper's.</summary>
    public static Recipe? For(string name) => name switch
    {
        "tiny" => Tiny,
        "mini" => Tiny with
        {
            Name = name,
            Config = ElectraConfig.Mini with { InitializerRange = 0.05 },
            VocabularySize = 8000,
            SequenceLength = 128,
        },
        "small" => Paper(name, ElectraConfig.Small),
        "base" => Paper(name, ElectraConfig.Base),
        "large" => Paper(name, ElectraConfig.Large),
        _ => null,
    };

    private static Recipe Paper(string name, ElectraConfig config)
    {
        PretrainingOptions options = PretrainingOptions.Recipe(name);
        return new Recipe
        {
            Name = name,
            Config = config,
            GeneratorSize = options.Model.GeneratorSize,
            MaskProbability = options.Masking.MaskProbability,
            VocabularySize = config.VocabSize,
            SequenceLength = options.Data.SequenceLength,
            BatchSize = options.Data.BatchSize,
            MicroBatchSize = Math.Min(options.Data.BatchSize, 32),
            Steps = (int)options.TrainSteps,
            LearningRate = options.LearningRate,
            WarmupSteps = (int)options.WarmupSteps,
            Schedule = options.Schedule,
            EvaluateEvery = (int)options.EvaluateEvery,
            SaveEvery = (int)options.SaveEvery,
            LogEvery = (int)options.LogEvery,
        };
    }
}
