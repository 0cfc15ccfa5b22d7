using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tokenization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Hugging Face folders: an encoder's, and perhaps its generator's.</summary>
internal sealed class FolderSource : PretrainingSource
{
    private const string ConfigName = "config.json";

    private readonly string _encoder;
    private readonly string? _generator;
    private readonly ElectraTokenizer? _tokenizer;
    private readonly Lazy<EmbeddingSharing> _common;

    /// <param name="encoder">The encoder's folder.</param>
    /// <param name="generator">The generator's; null for none.</param>
    public FolderSource(string encoder, string? generator)
        : base(encoder)
    {
        (_encoder, _generator) = (encoder, generator);
        Config = Read(encoder);
        GeneratorConfig = generator is null ? null : Read(generator);
        _tokenizer = FolderPair.Tokenizer(encoder, generator);
        if (_tokenizer is not null) FolderPair.RequireVocabulary(_tokenizer, Config, encoder);
        if (GeneratorConfig is not null) FolderPair.RequireSameSizes(encoder, Config, generator!, GeneratorConfig);
        _common = new(() => FolderPair.EmbeddingsInCommon(encoder, generator!));
    }

    public override PretrainingSourceKind Kind => PretrainingSourceKind.Folders;

    public override ElectraConfig Config { get; }

    public override ElectraConfig? GeneratorConfig { get; }

    public override ElectraTokenizer Tokenizer => _tokenizer
        ?? throw new FileNotFoundException($"'{_encoder}' has no tokenizer: put its vocab.txt or tokenizer.json there.", _encoder);

    /// <summary>Whether a folder holds a Hugging Face model.</summary>
    public static bool IsModel(string folder) => File.Exists(Path.Combine(folder, ConfigName));

    public override PretrainingModelOptions Fit(PretrainingModelOptions options)
    {
        options = Sized(options);
        if (!TakesGenerator(options) || options.EmbeddingSharing is not (EmbeddingSharing.All or EmbeddingSharing.WordAndPosition)) return options;
        return options with { EmbeddingSharing = (EmbeddingSharing)Math.Max((int)options.EmbeddingSharing, (int)_common.Value) };
    }

    public override ElectraPretrainingModel Load(PretrainingModelOptions options, out PretrainingLoadReport report, Device? device = null)
    {
        options = Sized(options);
        bool isPair = TakesGenerator(options);
        if (isPair && options.EmbeddingSharing != EmbeddingSharing.None) FolderPair.RequireSameWidth(_encoder, Config, _generator!, GeneratorConfig!);
        var model = new ElectraPretrainingModel(Config, isPair ? GeneratorConfig : null, options, device);
        try
        {
            report = Fill(model, isPair);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    internal override bool Start(TrainingLoop loop, PretrainingOptions options, ILogger logger)
    {
        logger.LogInformation("{Folder} has no moments of the optimizer, as every Hugging Face folder: the run starts at step 0, with fresh ones", _encoder);
        return false;
    }

    private static ElectraConfig Read(string folder) => IsModel(folder)
        ? ElectraConfig.Load(Path.Combine(folder, ConfigName))
        : throw new FileNotFoundException($"'{folder}' is no Hugging Face folder: it has no {ConfigName}.", Path.Combine(folder, ConfigName));

    private PretrainingModelOptions Sized(PretrainingModelOptions options)
    {
        options = options with { PositionInitialization = PositionInitialization.Normal };
        return TakesGenerator(options) ? options with { GeneratorSize = (double)GeneratorConfig!.HiddenSize / Config.HiddenSize } : options;
    }

    private bool TakesGenerator(PretrainingModelOptions options) => GeneratorConfig is not null && HasGenerator(options);

    // The generator first: what both share is the discriminator's in the end.
    private PretrainingLoadReport Fill(ElectraPretrainingModel model, bool isPair)
    {
        using var scope = NewDisposeScope();
        HashSet<Parameter> loaded = new(ReferenceEqualityComparer.Instance);
        List<string> unused = [];
        List<(string Name, Parameter Parameter, Tensor Generators)> shared = [];
        if (isPair)
        {
            IReadOnlyList<string> missing = FillOne(model.Generator, _generator!, loaded, unused);
            if (missing.Count > 0)
                throw new InvalidDataException($"'{_generator}' is no generator: it has no {string.Join(", ", missing)}. Name a folder saved from ElectraForMaskedLM.");
            foreach ((string name, Parameter parameter) in model.Encoder.Electra.Embeddings.named_parameters())
                if (loaded.Contains(parameter)) shared.Add((name, parameter, parameter.detach().clone()));
        }

        bool isWhole = FillOne(model.Encoder, _encoder, loaded, unused).Count == 0;
        if (model.HasGenerator && !isPair) GiveEmbeddings(model, loaded);
        string[] fresh = [.. model.NamedParameters().Where(item => !loaded.Contains(item.Parameter)).Select(item => item.Name)];
        model.Loaded = new LoadedNetworks(Encoder: isWhole, Generator: isPair || (isWhole && model.Options.Objective == PretrainingObjective.MaskedLM));
        return new PretrainingLoadReport
        {
            Fresh = fresh,
            Unused = unused,
            Overruled = [.. shared.Where(item => !FolderPair.AreEqual(item.Parameter, item.Generators)).Select(item => item.Name)],
        };
    }

    private static IReadOnlyList<string> FillOne(ElectraHeadModel network, string folder, HashSet<Parameter> loaded, List<string> unused)
    {
        using PretrainedWeights weights = PretrainedWeights.Open(folder);
        PretrainedLoadReport report = PretrainedLoader.Load(network, weights, folder);
        loaded.UnionWith(ParameterListing.Distinct((string.Empty, network)).Where(item => !report.MissingKeys.Contains(item.Name)).Select(item => item.Parameter));
        unused.AddRange(report.UnexpectedKeys.Select(name => $"{folder}: {name}"));
        return report.MissingKeys;
    }

    // A fresh generator that shares nothing, or not all, begins with the discriminator's embeddings all the same.
    private static void GiveEmbeddings(ElectraPretrainingModel model, HashSet<Parameter> loaded)
    {
        using var withoutGradient = no_grad();
        Dictionary<string, Parameter> theirs = model.Encoder.Electra.Embeddings.named_parameters().ToDictionary(item => item.name, item => item.parameter);
        foreach ((string name, Parameter own) in model.Generator.Electra.Embeddings.named_parameters())
        {
            if (!ReferenceEquals(own, theirs[name])) own.copy_(theirs[name]);
            loaded.Add(own);
        }
    }
}
