using Electra.Configuration;
using Electra.Pretraining;

namespace Electra.Samples.Pretrain;

/// <summary>
/// The knobs of the job that runs when no argument is given, all in one place. It is made for two CPU cores and a few minutes: a small
/// vocabulary, short examples, small batches with many updates.
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

    /// <summary>What the network is called.</summary>
    public const string Name = "tiny, cut to 2 layers";

    /// <summary>The network. Two layers, not tiny's four: at the rate that a few minutes need, four collapse to saying "original".</summary>
    public static ElectraConfig Config => ElectraConfig.Tiny with { NumHiddenLayers = 2 };

    /// <summary>How it is trained.</summary>
    public static PretrainingOptions Options
    {
        get
        {
            PretrainingOptions tiny = PretrainingOptions.Recipe("tiny");
            return tiny with
            {
                Data = tiny.Data with { SequenceLength = 32, BatchSize = 64, MicroBatchSize = 64 },
                TrainSteps = 8000,
                LearningRate = 1e-3,
                WarmupSteps = 300,
                EvaluateEvery = 1000,
                SaveEvery = 2000,
                LogEvery = 50,
            };
        }
    }
}
