using System.Globalization;
using Electra.Configuration;
using Electra.Pretraining;

namespace Electra.Benchmarks.Ranks;

/// <summary>The efficiencies that <see cref="ScalingModel"/> gives for the paper's models.</summary>
internal static class ScalingTable
{
    private const double Utilisation = 0.4;
    private const int TokensPerGpu = 16_384;

    // Trained together, embeddings shared.
    private static readonly (string Name, double Parameters)[] Models = [("small", 14_196_219), ("base", 119_386_427), ("large", 354_655_291)];

    private static readonly (string Name, double BytesPerSecond)[] Links =
        [("8 x 400 Gb/s", 400e9), ("400 Gb/s", 50e9), ("100 Gb/s", 12.5e9), ("25 Gb/s", 3.125e9)];

    /// <summary>The table, in Markdown.</summary>
    public static IEnumerable<string> Lines()
    {
        yield return "| GPU, model (update) | 8: fp32, overlapped, + bf16 | link of each machine | 64: fp32, overlapped, + bf16 | 512: fp32, overlapped, + bf16 |";
        yield return "|---|---|---|---|---|";
        foreach (Accelerator gpu in (Accelerator[])[Accelerator.H100, Accelerator.A100])
        {
            foreach ((string name, double parameters) in Models)
            {
                ScalingModel model = Of(name, parameters, gpu);
                foreach ((string link, double bytes) in Links)
                {
                    string head = string.Create(CultureInfo.InvariantCulture, $"| {gpu.Name}, {name} ({model.ComputeSeconds * 1e3:0.0} ms) | {Cell(model, 8, bytes)} ");
                    if (link != Links[0].Name) head = "| | ";
                    yield return $"{head}| {link} | {Cell(model, 64, bytes)} | {Cell(model, 512, bytes)} |";
                }
            }
        }
    }

    /// <summary>The model of one network on one GPU.</summary>
    internal static ScalingModel Of(string name, double parameters, Accelerator gpu)
    {
        (ElectraConfig config, PretrainingOptions recipe) = (ElectraConfig.Preset(name), PretrainingOptions.Recipe(name));
        ModelFlops flops = ModelFlops.Of(config, config.ToGenerator(recipe.Model.GeneratorSize), recipe.Data.SequenceLength, recipe.Masking.MaskProbability);
        return new ScalingModel(parameters, flops.Training, TokensPerGpu, gpu, Utilisation);
    }

    private static string Cell(ScalingModel model, int gpus, double link)
    {
        string Share(int bytes, bool isOverlapped) => string.Create(CultureInfo.InvariantCulture, $"{100 * model.Efficiency(gpus, bytes, link, isOverlapped):0}");
        return $"{Share(4, false)}, {Share(4, true)}, {Share(2, true)} %";
    }
}
