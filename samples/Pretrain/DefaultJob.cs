using Electra.Configuration;
using Electra.Optimization;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Pretrain;

/// <summary>
/// The knobs of the job that runs when no argument is given, all in one place. It is made for two CPU cores and a few minutes: a small
/// vocabulary, short examples, small batches with many updates, and wide initial weights, which shorten the time in which attention forms.
/// </summary>
internal static class DefaultJob
{
    /// <summary>Seed of everything random.</summary>
    public const long Seed = 1;

    /// <summary>Share of documents kept out of training for evaluation.</summary>
    public const double HeldOutFraction = 0.03;

    /// <summary>Most held-out examples that an evaluation during training reads; the one at the end reads four times as many.</summary>
    public const int EvaluationExamples = 512;

    /// <summary>Held-out sentences with one swapped word.</summary>
    public const int SwapSentences = 300;

    /// <summary>Held-out sentences shown at the end.</summary>
    public const int DemonstrationSentences = 6;

    /// <summary>Model and optimization.</summary>
    public static Recipe Recipe => new()
    {
        Name = "tiny",
        Config = ElectraConfig.Tiny with { InitializerRange = 0.1 },
        GeneratorSize = 0.25,
        MaskProbability = 0.15,
        VocabularySize = 4000,
        SequenceLength = 64,
        BatchSize = 32,
        MicroBatchSize = 32,
        Steps = 3000,
        LearningRate = 1.5e-3,
        WarmupSteps = 200,
        Schedule = LearningRateScheduleKind.Linear,
        EvaluateEvery = 500,
        SaveEvery = 1000,
        LogEvery = 25,
    };
}
