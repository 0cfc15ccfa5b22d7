using Electra.Configuration;
using Electra.Data;
using Electra.Optimization;
using Electra.Training;

namespace Electra.Pretraining;

public sealed partial record PretrainingOptions
{
    /// <summary>The names that <see cref="Recipe"/> knows: those of <see cref="ElectraConfig.PresetNames"/>.</summary>
    public static IReadOnlyList<string> RecipeNames => ElectraConfig.PresetNames;

    /// <summary>
    /// How the network that <see cref="ElectraConfig.Preset"/> has under the same name is trained: sequence length, batch, steps, peak
    /// rate, generator size and share of masked tokens. small, base and large are the paper's (Clark et al. 2020, table 6, and the
    /// released code); tiny and mini are this project's, for machines without a GPU.
    /// </summary>
    /// <param name="name">One of <see cref="RecipeNames"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public static PretrainingOptions Recipe(string name) => name.ToUpperInvariant() switch
    {
        "TINY" => WithoutGpu(sequenceLength: 64),
        "MINI" => Mini,
        "SMALL" => new PretrainingOptions(),
        "BASE" => new PretrainingOptions
        {
            Model = new PretrainingModelOptions { GeneratorSize = 1.0 / 3 },
            Data = new DataOptions { SequenceLength = 512, BatchSize = 256 },
            TrainSteps = 766_000,
            LearningRate = 2e-4,
        },
        "LARGE" => new PretrainingOptions
        {
            Masking = new MaskingOptions { MaskProbability = 0.25 },
            Data = new DataOptions { SequenceLength = 512, BatchSize = 2048 },
            TrainSteps = 400_000,
            LearningRate = 2e-4,
        },
        _ => throw new ArgumentException($"There is no recipe '{name}'; there are {string.Join(", ", RecipeNames)}.", nameof(name)),
    };

    // Each tower at its own rate and with its own tables: at one rate for both, four layers of 256 either learn slowly or call everything original.
    private static PretrainingOptions Mini
    {
        get
        {
            PretrainingOptions mini = WithoutGpu(sequenceLength: 128);
            return mini with
            {
                Model = mini.Model with { EmbeddingSharing = EmbeddingSharing.GradientDisentangled, Dropout = false },
                Data = mini.Data with { SecondSegmentShare = 0.5 },
                RateWidth = ElectraConfig.Mini.HiddenSize,
            };
        }
    }

    // The first heads begin at the neighbours, or millions of tokens go by before they find them. Some words are crude: a narrow generator's few crude ones do not
    // teach to find them. The rate stays where it is, and what is judged and written is an average of the weights: ahead of a rate that goes to zero by nearly all probes. Twice as
    // many masks at the end give the discriminator more to find and cost the generator nothing; from the start they keep it on the plateau.
    private static PretrainingOptions WithoutGpu(int sequenceLength) => new()
    {
        Model = new PretrainingModelOptions { PositionInitialization = PositionInitialization.Neighbours, UniformShare = 0.1 },
        Masking = new MaskingOptions { MaskProbabilityChange = new LinearChange { Final = 0.3 } },
        Data = new DataOptions { SequenceLength = sequenceLength, BatchSize = 32 },
        TrainSteps = 50_000,
        WarmupSteps = 2_000,
        LearningRate = 5e-4,
        Schedule = LearningRateScheduleKind.WarmupStableDecay,
        DecayFraction = 0.001,
        AverageDecay = 0.999,
        LogEvery = 50,
        EvaluateEvery = 2_000,
        SaveEvery = 2_000,
    };
}
