using Electra.Training;

namespace Electra.Benchmarks.Curves.Training;

/// <summary>What tells the runs apart.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Precision">Of activations and products.</param>
/// <param name="Seed">Of initial weights, order of the text, masks, samples and dropout.</param>
internal sealed record RunSetting(string Name, TrainingPrecision Precision, int Seed)
{
    /// <summary>bfloat16 from the first seed, then float32 from each.</summary>
    public static IReadOnlyList<RunSetting> All(int seeds) =>
    [
        new("bf16-seed-1", TrainingPrecision.BFloat16, 1),
        .. Enumerable.Range(1, seeds).Select(seed => new RunSetting($"fp32-seed-{seed}", TrainingPrecision.Float32, seed)),
    ];
}
