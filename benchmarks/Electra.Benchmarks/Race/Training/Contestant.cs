using System.Text.Json.Nodes;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Race.Variants;
using Electra.Configuration;
using Electra.Pretraining;

namespace Electra.Benchmarks.Race.Training;

/// <summary>A variant from one seed.</summary>
/// <param name="Variant">The variant's name.</param>
/// <param name="Seed">Of initial weights, order of the text, masks, samples and dropout.</param>
/// <param name="Config">The encoder.</param>
/// <param name="Options">How it is trained.</param>
internal sealed record Contestant(string Variant, int Seed, ElectraConfig Config, PretrainingOptions Options)
{
    private const int Reports = 100;

    /// <summary>Where the run goes.</summary>
    public string Folder => Options.OutputFolder;

    /// <summary>What came out; there once it is finished.</summary>
    public string ResultFile => Path.Combine(Folder, "result.json");

    /// <summary>The records of training.</summary>
    public string MetricsFile => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>The Hugging Face folder of the encoder.</summary>
    public string EncoderFolder => Path.Combine(Folder, "encoder");

    /// <summary>Fine-tuning, while it is at work.</summary>
    public string TrialsFolder => Path.Combine(Folder, "trials");

    /// <summary>Completes a variant's options.</summary>
    /// <param name="variant">Fitted to the race.</param>
    /// <param name="seed">Positive.</param>
    /// <param name="folders">The race's.</param>
    public static Contestant Of(Variant variant, int seed, RaceFolders folders)
    {
        PretrainingOptions options = variant.Options;
        return new Contestant(variant.Name, seed, variant.Config, options with
        {
            Model = options.Model with { Seed = seed },
            Data = options.Data with { Seed = seed },
            Seed = seed,
            OutputFolder = folders.Run(variant.Name, seed),
            Resume = true,
            EvaluateEvery = 0,
            SaveEvery = 0,
            KeepCheckpoints = 1,
            LogEvery = options.Budget is null ? Math.Clamp(options.TrainSteps / Reports, 1, options.LogEvery) : options.LogEvery,
        });
    }

    /// <summary>Notes what it is made of, or makes sure that it is still the same.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public void Require()
    {
        var now = new JsonObject { ["config"] = JsonNode.Parse(Config.ToJson()), ["options"] = JsonNode.Parse(Options.ToJson()) };
        string[] free = [$".{nameof(Options.OutputFolder)}", $".{nameof(Options.LogEvery)}"];
        JsonFile.Require(Path.Combine(Folder, "contestant.json"), now, $"variant '{Variant}'", free);
    }

    /// <summary>For people.</summary>
    public override string ToString() => $"{Variant}, seed {Seed}";
}
