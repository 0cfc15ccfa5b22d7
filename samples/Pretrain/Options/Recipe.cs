using Electra.Configuration;
using Electra.Optimization;

namespace Electra.Samples.Pretrain.Options;

/// <summary>A network and the settings that go with it.</summary>
internal sealed record Recipe
{
    public required string Name { get; init; }

    public required ElectraConfig Config { get; init; }

    public required double GeneratorSize { get; init; }

    public required double MaskProbability { get; init; }

    public required int VocabularySize { get; init; }

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

    /// <summary>The recipe of a name; null for an unknown one. small, base and large are those of the paper (arXiv 2003.10555, table 6).</summary>
    public static Recipe? For(string name) => name switch
    {
        "tiny" => DefaultJob.Recipe,
        "mini" => DefaultJob.Recipe with
        {
            Name = name,
            Config = ElectraConfig.Mini with { InitializerRange = 0.05 },
            VocabularySize = 8000,
            SequenceLength = 128,
            Steps = 20_000,
            LearningRate = 1e-3,
            WarmupSteps = 1000,
            EvaluateEvery = 1000,
            LogEvery = 50,
        },
        "small" => Paper(name, ElectraConfig.Small, generatorSize: 1.0 / 4, 0.15, length: 128, batch: 128, steps: 1_000_000, rate: 5e-4),
        "base" => Paper(name, ElectraConfig.Base, generatorSize: 1.0 / 3, 0.15, length: 512, batch: 256, steps: 766_000, rate: 2e-4),
        "large" => Paper(name, ElectraConfig.Large, generatorSize: 1.0 / 4, 0.25, length: 512, batch: 2048, steps: 400_000, rate: 2e-4),
        _ => null,
    };

    private static Recipe Paper(
        string name, ElectraConfig config, double generatorSize, double maskProbability, int length, int batch, int steps, double rate) => new()
        {
            Name = name,
            Config = config,
            GeneratorSize = generatorSize,
            MaskProbability = maskProbability,
            VocabularySize = config.VocabSize,
            SequenceLength = length,
            BatchSize = batch,
            MicroBatchSize = Math.Min(batch, 32),
            Steps = steps,
            LearningRate = rate,
            WarmupSteps = 10_000,
            Schedule = LearningRateScheduleKind.Linear,
            EvaluateEvery = 10_000,
            SaveEvery = 5000,
            LogEvery = 100,
        };
}
