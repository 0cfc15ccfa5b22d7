using Electra.Data;

namespace Electra.Pretraining;

public sealed partial record PretrainingOptions
{
    /// <summary>The names that <see cref="Recipe"/> knows.</summary>
    public static IReadOnlyList<string> RecipeNames { get; } = ["tiny", "mini", "small", "base", "large"];

    /// <summary>
    /// The whole recipe that goes with a preset of <see cref="Configuration.ElectraConfig"/>: sequence length, batch, steps, peak
    /// rate, generator size and share of masked tokens. small, base and large are the paper's (Clark et al. 2020, table 6, and the
    /// released code); tiny and mini are this project's, for machines without a GPU.
    /// </summary>
    /// <param name="name">One of <see cref="RecipeNames"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public static PretrainingOptions Recipe(string name) => name.ToUpperInvariant() switch
    {
        "TINY" => Small(batch: 32, steps: 50_000, warmup: 1_000, rate: 1e-3),
        "MINI" => Small(batch: 64, steps: 100_000, warmup: 2_000, rate: 1e-3),
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

    private static PretrainingOptions Small(int batch, long steps, long warmup, double rate) => new()
    {
        Data = new DataOptions { BatchSize = batch },
        TrainSteps = steps,
        WarmupSteps = warmup,
        LearningRate = rate,
        EvaluateEvery = 1_000,
        SaveEvery = 1_000,
    };
}
