using Electra.Configuration;
using Electra.Optimization;

namespace Electra.FineTuning;

public sealed partial record FineTuningOptions
{
    /// <summary>
    /// What the paper fine-tunes a network of a size with (Clark et al. 2020, table 7): small rate 3e-4, base 1e-4, both with a layer-wise decay of 0.8;
    /// large 5e-5 with 0.9. tiny and mini, which are this project's, have small's with a rate of 1e-3.
    /// </summary>
    /// <param name="name">One of <see cref="ElectraConfig.PresetNames"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public static FineTuningOptions Recipe(string name) => name.ToUpperInvariant() switch
    {
        "TINY" or "MINI" => new() { LearningRate = 1e-3 },
        "SMALL" => new(),
        "BASE" => new() { LearningRate = 1e-4 },
        "LARGE" => new() { LearningRate = 5e-5, LayerwiseLearningRateDecay = 0.9 },
        _ => throw new ArgumentException($"There is no recipe '{name}'; there are {string.Join(", ", ElectraConfig.PresetNames)}.", nameof(name)),
    };

    /// <summary>The recipe of the size that is nearest to a network's.</summary>
    /// <param name="config">The network's.</param>
    public static FineTuningOptions RecipeFor(ElectraConfig config) => Recipe(config.HiddenSize switch
    {
        < 256 => "mini",
        < 512 => config.NumHiddenLayers < 8 ? "mini" : "small",
        < 1024 => "base",
        _ => "large",
    });

    /// <summary>
    /// The same with the arithmetic of the paper's code: losses summed over the update, no bias correction, its schedule, its layer rates, its heads.
    /// </summary>
    public FineTuningOptions AsGoogleCompatible() => this with
    {
        Reduction = LossReduction.Sum,
        Optimizer = Optimizer with { Flavor = AdamWFlavor.Google },
        Schedule = LearningRateScheduleKind.Google,
        GoogleLayerRates = true,
        HeadStyle = HeadStyle.Google,
    };
}
