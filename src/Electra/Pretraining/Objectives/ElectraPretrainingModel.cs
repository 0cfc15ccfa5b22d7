using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using Electra.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The networks that a pre-training run trains together: generator and discriminator, or what another objective has in their place.</summary>
public sealed partial class ElectraPretrainingModel : IDisposable
{
    private readonly ElectraForMaskedLM? _generator;
    private ElectraForPreTraining? _discriminator;
    private ElectraForMaskedLM? _languageModel;

    /// <summary>Makes all networks with fresh weights.</summary>
    /// <param name="config">The encoder that the run is for: the discriminator, or the masked LM.</param>
    /// <param name="options">How they are put together.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="ArgumentException">The config or an option is out of range.</exception>
    public ElectraPretrainingModel(ElectraConfig config, PretrainingModelOptions? options = null, Device? device = null)
        : this(config, null, options, device)
    {
    }

    /// <summary>The same with a generator of its own sizes.</summary>
    /// <param name="config">As above.</param>
    /// <param name="generator">The generator's; null for <see cref="ElectraConfig.ToGenerator"/> of the options' size.</param>
    /// <param name="options">As above; null for the defaults.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="ArgumentException">A config or an option is out of range, or the two can't share embeddings.</exception>
    public ElectraPretrainingModel(ElectraConfig config, ElectraConfig? generator, PretrainingModelOptions? options, Device? device)
    {
        NativeBackend.EnsureAvailable(); // before TorchSharp looks for itself: this message is the plainer one
        Options = options ?? new PretrainingModelOptions();
        string problems = string.Join("; ", Options.Problems());
        if (problems.Length > 0) throw new ArgumentException($"Wrong model options: {problems}.", nameof(options));
        (Config, Device) = (config, device ?? CPU);
        if (Options.Objective == PretrainingObjective.MaskedLM)
        {
            _generator = _languageModel = new ElectraForMaskedLM(config, Device, Options.Seed);
            StartPositions(_generator.Electra);
            StartAttention(_generator.Electra);
            Networks = new TrainedNetworks(Network(_generator));
            return;
        }

        TrainedNetwork encoder = MakeEncoder();
        if (Options.Generator == GeneratorKind.Trained) _generator = MakeGenerator(generator ?? config.ToGenerator(Options.GeneratorSize));
        if (Options.Objective == PretrainingObjective.Adversarial)
            Baseline = new TokenScoreHead("baseline", Generator.Config, Device, RandomSeeds.Derive(Options.Seed, RandomSeeds.Purpose.ExtraHeadWeights));
        StartPositions(Encoder.Electra);
        if (_generator is not null)
        {
            if (!SharesPositions) StartPositions(_generator.Electra);
            if (Options.EmbeddingSharing == EmbeddingSharing.GradientDisentangled)
                EmbeddingFollower.Start(_generator.Electra.Embeddings, Encoder.Electra.Embeddings);
        }

        StartAttention(Encoder.Electra);
        if (_generator is not null) StartAttention(_generator.Electra);
        Networks = _generator is null ? new TrainedNetworks(encoder) : new TrainedNetworks(encoder, Network(_generator, Baseline));
    }

    /// <summary>The discriminator's config, or the masked LM's.</summary>
    public ElectraConfig Config { get; }

    /// <summary>How the networks are put together.</summary>
    public PretrainingModelOptions Options { get; }

    /// <summary>Where both networks are.</summary>
    public Device Device { get; }

    /// <summary>Where the words come from: ELECTRA's generator, or the whole model of <see cref="PretrainingObjective.MaskedLM"/>.</summary>
    /// <exception cref="InvalidOperationException">Words are drawn without a network.</exception>
    public ElectraForMaskedLM Generator => _generator
        ?? throw new InvalidOperationException($"Words are drawn from a distribution ({Options.Generator}): there is no generator.");

    /// <summary>The discriminator: what a run of <see cref="PretrainingObjective.Electra"/> is for.</summary>
    /// <exception cref="InvalidOperationException">The objective is a masked LM, which has none.</exception>
    public ElectraForPreTraining Discriminator => _discriminator
        ?? throw new InvalidOperationException($"A run of {Options.Objective} has no discriminator; its encoder is {nameof(LanguageModel)}.");

    /// <summary>The masked LM of full size that a run of a language modeling objective is for.</summary>
    /// <exception cref="InvalidOperationException">The objective is replaced token detection, which has none.</exception>
    public ElectraForMaskedLM LanguageModel => _languageModel
        ?? throw new InvalidOperationException($"A run of {Options.Objective} has no language model of full size; its encoder is {nameof(Discriminator)}.");

    /// <summary>Whether there is a <see cref="Generator"/>.</summary>
    public bool HasGenerator => _generator is not null;

    /// <summary>Whether there is a <see cref="Discriminator"/>; otherwise there is a <see cref="LanguageModel"/>.</summary>
    public bool HasDiscriminator => _discriminator is not null;

    /// <summary>What the run is for: the discriminator, or the language model.</summary>
    public ElectraHeadModel Encoder => (ElectraHeadModel?)_discriminator ?? LanguageModel;

    /// <summary>The element type of activations and matrix products in all networks; parameters and losses stay float32.</summary>
    public ScalarType ComputeDtype
    {
        get => Networks.ComputeDtype;
        set => Networks.ComputeDtype = value;
    }

    /// <summary>Whether all networks use this library's own CPU kernels where those exist.</summary>
    public bool UseFusedKernels
    {
        get => Networks.UseFusedKernels;
        set => Networks.UseFusedKernels = value;
    }

    /// <summary>
    /// The trained parameters, each once, named <c>discriminator.{Hugging Face name}</c> and <c>generator.{...}</c>; what both share
    /// has the discriminator's name.
    /// </summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> NamedParameters() => Networks.NamedParameters();

    /// <summary>Switches dropout on (true) or off in all networks.</summary>
    public void Train(bool on = true) => Networks.Train(on);

    /// <summary>What says which words were masked, beside a discriminator; null where the objective has none.</summary>
    internal RecoveryHead? Recovery { get; private set; }

    /// <summary>How sure a language model of all tokens is that a token is what was written: above 0, it is copied. null where the objective has none.</summary>
    internal TokenScoreHead? Copying { get; private set; }

    /// <summary>The logit of the reward that a generator expects at a place, before the word there is drawn; null where the objective has none.</summary>
    internal TokenScoreHead? Baseline { get; private set; }

    /// <summary>What there is, to be trained together.</summary>
    internal TrainedNetworks Networks { get; }

    /// <summary>Whether composed layers compute with copies of the parameters; null where that is faster.</summary>
    internal bool? CopiesParameters { get; set; }

    /// <summary>Frees all networks.</summary>
    public void Dispose()
    {
        _generator?.Dispose();
        _discriminator?.Dispose();
        if (!ReferenceEquals(_languageModel, _generator)) _languageModel?.Dispose();
        Recovery?.Dispose();
        Copying?.Dispose();
        Baseline?.Dispose();
    }

    private bool SharesPositions => Options.EmbeddingSharing is EmbeddingSharing.All or EmbeddingSharing.WordAndPosition;

    private TrainedNetwork MakeEncoder()
    {
        long seed = RandomSeeds.Derive(Options.Seed, RandomSeeds.Purpose.DiscriminatorWeights);
        long headSeed = RandomSeeds.Derive(Options.Seed, RandomSeeds.Purpose.ExtraHeadWeights);
        const RandomSeeds.Purpose Dropout = RandomSeeds.Purpose.DiscriminatorDropout;
        if (Options.Objective is PretrainingObjective.ReplaceMaskedLM or PretrainingObjective.AllTokensMaskedLM)
        {
            _languageModel = new ElectraForMaskedLM(Config, Device, seed);
            if (Options.Objective == PretrainingObjective.AllTokensMaskedLM) Copying = new TokenScoreHead("copy", Config, Device, headSeed);
            return new TrainedNetwork("encoder", _languageModel, Dropout, Copying);
        }

        _discriminator = new ElectraForPreTraining(Config, Device, seed);
        if (Options.Objective == PretrainingObjective.CorrectiveLM) Recovery = new RecoveryHead(Config, Device, headSeed);
        return new TrainedNetwork("discriminator", _discriminator, Dropout, Recovery);
    }

    private ElectraForMaskedLM MakeGenerator(ElectraConfig config)
    {
        ElectraEmbeddings theirs = Encoder.Electra.Embeddings;
        ElectraEmbeddings? shared = Options.EmbeddingSharing switch
        {
            EmbeddingSharing.All => theirs,
            EmbeddingSharing.WordAndPosition => new ElectraEmbeddings(config, Device, Options.Seed, tablesFrom: theirs),
            _ => null,
        };
        return new ElectraForMaskedLM(config, Device, Options.Seed, shared);
    }

    private static TrainedNetwork Network(ElectraForMaskedLM generator, TokenScoreHead? baseline = null) =>
        new("generator", generator, RandomSeeds.Purpose.GeneratorDropout, baseline);

    private void StartPositions(ElectraModel tower)
    {
        if (Options.PositionInitialization == PositionInitialization.Sinusoidal)
            tower.Embeddings.MakePositionsSinusoidal(tower.Config.InitializerRange);
        if (Options.PositionInitialization == PositionInitialization.Neighbours)
            NeighbourStart.MakeWaves(tower.Embeddings, tower.Config.InitializerRange);
    }

    private void StartAttention(ElectraModel tower)
    {
        if (Options.PositionInitialization == PositionInitialization.Neighbours) NeighbourStart.TurnHeads(tower, Options.Seed);
    }
}
