using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using Electra.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// The figure of the paper: text is masked, a generator proposes words for the masks, and a discriminator reads the result and
/// says of every token whether it was replaced. Both are trained together; no gradient flows through the samples.
/// </summary>
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

    /// <summary>The element type of activations and matrix products in both networks; parameters and losses stay float32.</summary>
    public ScalarType ComputeDtype
    {
        get => Generator.Electra.ComputeDtype;
        set
        {
            Generator.Electra.ComputeDtype = value;
            if (_discriminator is not null) _discriminator.Electra.ComputeDtype = value;
        }
    }

    /// <summary>Whether both networks use this library's own CPU kernels where those exist.</summary>
    public bool UseFusedKernels
    {
        get => Generator.Electra.UseFusedKernels;
        set
        {
            Generator.Electra.UseFusedKernels = value;
            if (_discriminator is not null) _discriminator.Electra.UseFusedKernels = value;
        }
    }

    /// <summary>Whether <c>forward</c> makes use of a layout.</summary>
    internal bool CanPack => Generator.Electra.CanPack || _discriminator?.Electra.CanPack == true;

    /// <summary>Runs the figure on some rows: mask, predict, sample, discriminate.</summary>
    /// <param name="inputIds">(batch, seq) int64</param>
    /// <param name="attentionMask">(batch, seq) int64; null without padding</param>
    /// <param name="tokenTypeIds">(batch, seq) int64; null when all are 0</param>
    /// <param name="masker">Which tokens to hide.</param>
    /// <param name="randomness">The draws of these rows.</param>
    /// <param name="counts">Counts of the global batch these rows belong to; null when they are all of it.</param>
    /// <param name="layout">What the attention mask says, as known on the host: see <see cref="ElectraModel.forward"/>.</param>
    public PretrainingOutput forward(
        Tensor inputIds,
        Tensor? attentionMask,
        Tensor? tokenTypeIds,
        TokenMasker masker,
        StepRandomness randomness,
        LossCounts? counts = null,
        PaddingLayout? layout = null)
    {
        using var scope = NewDisposeScope();
        MaskedBatch masked = masker.Mask(inputIds, attentionMask, tokenTypeIds, randomness) with { Layout = layout };
        Tensor? uniform = _discriminator is null ? null : randomness.Sampling.gather(1, masked.MaskedPositions); // (batch, slots)
        Generation generation = Generate(masked, uniform);
        PretrainingOutput output = forward(masked, generation, counts);
        Keep(
            masked.InputIds, masked.MaskedPositions, masked.MaskedOriginalIds, masked.MaskedWeights, masked.Places, masked.IsText,
            generation.Losses, generation.Hits, generation.Samples, generation.LogProbabilities);
        return Keep(output);
    }

    /// <summary>The half after the generator: put its samples in, discriminate, weigh the losses.</summary>
    internal PretrainingOutput forward(MaskedBatch masked, Generation generation, LossCounts? counts = null)
    {
        using var scope = NewDisposeScope();
        counts ??= LossCounts.Of(masked);
        Tensor maskedLM = generation.Loss / counts.Masked;
        if (_discriminator is null)
        {
            return Keep(new PretrainingOutput(
                maskedLM, maskedLM.detach(), masked, generation.Losses, generation.Hits, generation.LogProbabilities));
        }

        Tensor replaced = masked.Replace(generation.Samples!);                                       // (batch, seq)
        Tensor isReplaced = replaced.ne(masked.OriginalInputIds);                                    // (batch, seq)
        Tensor logits = _discriminator.forward(
            replaced, masked.AttentionMask, masked.TokenTypeIds, layout: masked.Layout);              // (batch, seq)
        Tensor losses = PretrainingLosses.ReplacedTokenDetection(logits, isReplaced, masked.AttentionMask); // (batch, seq)
        Tensor detection = losses.sum() / counts.Tokens;
        Tensor loss = (Options.GeneratorLossWeight * maskedLM) + (Options.DiscriminatorLossWeight * detection);
        return Keep(new PretrainingOutput(
            loss, maskedLM.detach(), masked, generation.Losses, generation.Hits, generation.LogProbabilities, detection.detach(),
            generation.Samples, replaced, isReplaced, logits.detach(), losses.detach()));
    }

    /// <summary>Predicts the masked tokens and, given one uniform draw a slot (batch, slots), samples a word for each.</summary>
    internal Generation Generate(MaskedBatch masked, Tensor? uniform)
    {
        using var scope = NewDisposeScope();
        if (is_grad_enabled() && Generator.HasFusedLoss && (uniform is null || Options.SamplingTemperature == 1))
        {
            Tensor weights = masked.MaskedWeights.contiguous();
            MaskedLMTargets targets = new(
                masked.MaskedOriginalIds.contiguous(), weights, empty_like(weights), empty_like(weights), uniform?.contiguous(),
                uniform is null ? null : empty_like(masked.MaskedOriginalIds));
            Tensor sum = Generator.LossAt(masked.InputIds, masked.AttentionMask, masked.TokenTypeIds, masked.MaskedPositions, targets);
            return Keep(new Generation(sum, targets.Losses, targets.Hits, targets.Samples, null));
        }

        Tensor predictions = Generator
            .forwardAt(masked.InputIds, masked.AttentionMask, masked.TokenTypeIds, masked.MaskedPositions, masked.Layout)
            .log_softmax(-1); // (batch, slots, vocabulary)
        Tensor losses = PretrainingLosses.MaskedLM(predictions, masked);
        Tensor hits = predictions.argmax(-1).eq(masked.MaskedOriginalIds).mul(masked.MaskedWeights);
        Tensor? sampled = uniform is null ? null : ReplacementSampler.Sample(predictions, uniform, Options.SamplingTemperature);
        return Keep(new Generation(losses.sum(), losses.detach(), hits, sampled, predictions.detach()));
    }

    /// <summary>
    /// The trained parameters, each once, named <c>discriminator.{Hugging Face name}</c> and <c>generator.{...}</c>; what both share
    /// has the discriminator's name.
    /// </summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> NamedParameters() => _discriminator is null
        ? ParameterListing.Distinct(("generator.", Generator))
        : ParameterListing.Distinct(("discriminator.", _discriminator), ("generator.", Generator));

    /// <summary>Lays all parameters out in one buffer and has backward passes add to its gradients without detours, until <see cref="Release"/>.</summary>
    /// <param name="group">The update rule of a name.</param>
    internal FlatParameters Flatten(Func<string, ParameterGroup> group)
    {
        var parameters = new FlatParameters(NamedParameters(), group);
        AddToGradientsInPlace(true);
        return parameters;
    }

    /// <summary>Gives gradients to autograd again, for whoever trains the networks next.</summary>
    internal void Release() => AddToGradientsInPlace(false);

    /// <summary>Whether composed layers compute with copies of the parameters; null where that is faster.</summary>
    internal bool? CopiesParameters { get; set; }

    /// <summary>Switches dropout on (true) or off in both networks.</summary>
    public void Train(bool on = true)
    {
        Generator.train(on);
        _discriminator?.train(on);
    }

    /// <summary>Makes the dropout of the next forward pass a function of these three numbers alone.</summary>
    public void RestartDropout(long seed, long step, long microBatch)
    {
        Generator.Electra.Dropout.Restart(RandomSeeds.Derive(seed, RandomSeeds.Purpose.GeneratorDropout, step, microBatch));
        _discriminator?.Electra.Dropout.Restart(RandomSeeds.Derive(seed, RandomSeeds.Purpose.DiscriminatorDropout, step, microBatch));
    }

    /// <summary>Frees both networks.</summary>
    public void Dispose()
    {
        Generator.Dispose();
        _discriminator?.Dispose();
    }

    private void AddToGradientsInPlace(bool inPlace)
    {
        Generator.AddToGradientsInPlace(inPlace);
        _discriminator?.AddToGradientsInPlace(inPlace);
    }

    private void StartPositions(ElectraModel tower)
    {
        if (Options.PositionInitialization == PositionInitialization.Sinusoidal)
            tower.Embeddings.MakePositionsSinusoidal(tower.Config.InitializerRange);
    }

    // Hands what the second half made to the caller's scope; what it was given stays where it is.
    private static PretrainingOutput Keep(PretrainingOutput output)
    {
        Keep(
            output.Loss, output.MaskedLMLoss, output.DiscriminatorLoss, output.ReplacedInputIds, output.IsReplaced,
            output.DiscriminatorLogits, output.DetectionLosses);
        return output;
    }

    private static Generation Keep(Generation generation)
    {
        Keep(generation.Loss, generation.Losses, generation.Hits, generation.Samples, generation.LogProbabilities);
        return generation;
    }

    private static void Keep(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (Tensor? tensor in tensors) tensor?.MoveToOuterDisposeScope();
    }
}
