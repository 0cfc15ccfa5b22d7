using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using Electra.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The networks that a pre-training run trains together: generator and discriminator, or a masked language model alone.</summary>
public sealed class ElectraPretrainingModel : IDisposable
{
    private readonly ElectraForPreTraining? _discriminator;

    /// <summary>Makes both networks with fresh weights.</summary>
    /// <param name="config">The discriminator (for <see cref="PretrainingObjective.MaskedLM"/>: the one encoder).</param>
    /// <param name="options">How they are put together.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="ArgumentException">The config or an option is out of range.</exception>
    public ElectraPretrainingModel(ElectraConfig config, PretrainingModelOptions? options = null, Device? device = null)
        : this(config, null, options, device)
    {
    }

    internal ElectraPretrainingModel(ElectraConfig config, ElectraConfig? generator, PretrainingModelOptions? options, Device? device)
    {
        NativeBackend.EnsureAvailable(); // before TorchSharp looks for itself: this message is the plainer one
        Options = options ?? new PretrainingModelOptions();
        string problems = string.Join("; ", Options.Problems());
        if (problems.Length > 0) throw new ArgumentException($"Wrong model options: {problems}.", nameof(options));
        (Config, Device) = (config, device ?? CPU);
        if (Options.Objective == PretrainingObjective.MaskedLM)
        {
            Generator = new ElectraForMaskedLM(config, Device, Options.Seed);
            StartPositions(Generator.Electra);
            StartAttention(Generator.Electra);
            Networks = new TrainedNetworks(Network(Generator));
            return;
        }

        generator ??= config.ToGenerator(Options.GeneratorSize);
        _discriminator = new ElectraForPreTraining(
            config, Device, RandomSeeds.Derive(Options.Seed, RandomSeeds.Purpose.DiscriminatorWeights));
        ElectraEmbeddings theirs = _discriminator.Electra.Embeddings;
        ElectraEmbeddings? shared = Options.EmbeddingSharing switch
        {
            EmbeddingSharing.All => theirs,
            EmbeddingSharing.WordAndPosition => new ElectraEmbeddings(generator, Device, Options.Seed, tablesFrom: theirs),
            _ => null,
        };
        Generator = new ElectraForMaskedLM(generator, Device, Options.Seed, shared);
        StartPositions(_discriminator.Electra);
        if (Options.EmbeddingSharing == EmbeddingSharing.None) StartPositions(Generator.Electra);
        StartAttention(_discriminator.Electra);
        StartAttention(Generator.Electra);
        Networks = new TrainedNetworks(
            new("discriminator", _discriminator, RandomSeeds.Purpose.DiscriminatorDropout),
            Network(Generator));
    }

    /// <summary>The discriminator's config, or the masked LM's.</summary>
    public ElectraConfig Config { get; }

    /// <summary>How the networks are put together.</summary>
    public PretrainingModelOptions Options { get; }

    /// <summary>Where both networks are.</summary>
    public Device Device { get; }

    /// <summary>The masked LM: ELECTRA's generator, or the whole model of <see cref="PretrainingObjective.MaskedLM"/>.</summary>
    public ElectraForMaskedLM Generator { get; }

    /// <summary>The discriminator: what a run of <see cref="PretrainingObjective.Electra"/> is for.</summary>
    /// <exception cref="InvalidOperationException">The objective is a plain masked LM, which has none.</exception>
    public ElectraForPreTraining Discriminator => _discriminator
        ?? throw new InvalidOperationException("A masked-LM run has no discriminator; its encoder is Generator.Electra.");

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

    /// <summary>What there is, to be trained together.</summary>
    internal TrainedNetworks Networks { get; }

    /// <summary>Whether composed layers compute with copies of the parameters; null where that is faster.</summary>
    internal bool? CopiesParameters { get; set; }

    /// <summary>Frees both networks.</summary>
    public void Dispose()
    {
        Generator.Dispose();
        _discriminator?.Dispose();
    }

    private static TrainedNetwork Network(ElectraForMaskedLM generator) =>
        new("generator", generator, RandomSeeds.Purpose.GeneratorDropout);

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
