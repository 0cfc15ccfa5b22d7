using Electra.Benchmarks.CommandLine;
using Electra.Configuration;
using Electra.Pretraining;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Curves;

/// <summary>What is trained, with every default filled in.</summary>
internal sealed record CurvesSettings
{
    // What a short run of tiny needs to learn anything; its recipe is for a long one.
    private const double WideInitialWeights = 0.1;
    private const double ShortRunRate = 1e-3;
    private const double HeldOutFraction = 0.01;
    private const int HeldOutExamples = 512;

    // More than a token is long, so that no run reads a text twice.
    private const int CharactersAToken = 6;

    public required string Model { get; init; }

    /// <summary>The discriminator's config; the vocabulary is not known yet.</summary>
    public required ElectraConfig Config { get; init; }

    /// <summary>What all runs have in common: all but seed, precision and folder.</summary>
    public required PretrainingOptions Options { get; init; }

    public required IReadOnlyList<string> Corpus { get; init; }

    public required string? Vocabulary { get; init; }

    public required int VocabSize { get; init; }

    public required int Seeds { get; init; }

    public required Device Device { get; init; }

    public required int Threads { get; init; }

    /// <summary>The picture's path.</summary>
    public required string Output { get; init; }

    /// <summary>Text to read, more than one run needs.</summary>
    public long Characters => CharactersAToken * Options.TrainSteps * Options.Data.BatchSize * Options.Data.SequenceLength;

    /// <summary>Fills in defaults and refuses what cannot work.</summary>
    /// <exception cref="UsageException">One of the arguments cannot work.</exception>
    public static CurvesSettings Build(CurvesArguments arguments)
    {
        Device device = SettingsBuilder.FindDevice(arguments.Device ?? "cpu");
        SettingsBuilder.RequireBFloat16("curves trains in bfloat16 too", device, "run it on another machine, or with --device cuda");
        string model = arguments.Model ?? "tiny";
        (ElectraConfig config, PretrainingOptions recipe) = SettingsBuilder.FindModel(model);
        if (model == "tiny") config = config with { InitializerRange = WideInitialWeights };
        if (arguments.Layers is int layers) config = config with { NumHiddenLayers = layers };
        int steps = arguments.Steps ?? 2000, length = arguments.SequenceLength ?? 64;
        if (length > config.MaxPositionEmbeddings)
            throw new UsageException($"--sequence-length {length} is over the model's {config.MaxPositionEmbeddings} positions.");
        if (arguments is { Vocabulary: not null, VocabSize: not null })
            throw new UsageException("--vocab and --vocab-size exclude each other.");
        if (arguments.Vocabulary is string file && !File.Exists(file)) throw new UsageException($"--vocab '{file}' does not exist.");
        int evaluateEvery = arguments.EvaluateEvery ?? steps / 10;
        if (evaluateEvery > steps) throw new UsageException($"--eval-every {evaluateEvery} is over the {steps} steps of a run.");
        return new CurvesSettings
        {
            Model = model,
            Config = config,
            Options = recipe with
            {
                Model = recipe.Model with { PositionInitialization = PositionInitialization.Sinusoidal },
                Data = recipe.Data with
                {
                    BatchSize = arguments.BatchSize ?? 32,
                    MicroBatchSize = null,
                    SequenceLength = length,
                    HeldOutFraction = HeldOutFraction,
                },
                TrainSteps = steps,
                WarmupSteps = steps / 10,
                LearningRate = arguments.LearningRate ?? (model == "tiny" ? ShortRunRate : recipe.LearningRate),
                LogEvery = Math.Max(1, steps / 400),
                EvaluateEvery = evaluateEvery,
                EvaluationExamples = HeldOutExamples,
                SaveEvery = 0,
            },
            Corpus = arguments.Corpus,
            Vocabulary = arguments.Vocabulary,
            VocabSize = arguments.VocabSize ?? 8000,
            Seeds = arguments.Seeds ?? 3,
            Device = device,
            Threads = arguments.Threads ?? Environment.ProcessorCount,
            Output = arguments.Output ?? "precision-curves.png",
        };
    }

    /// <summary>In one line.</summary>
    public override string ToString() => string.Join(
        ", ",
        $"{Model} ({Config.NumHiddenLayers} x {Config.HiddenSize})",
        Invariant($"{Options.TrainSteps:N0} steps of {Options.Data.BatchSize} x {Options.Data.SequenceLength} tokens"),
        Invariant($"peak rate {Options.LearningRate:0.#e+0}"),
        Invariant($"dropout {Config.HiddenDropoutProb}"),
        Device.ToString());
}
