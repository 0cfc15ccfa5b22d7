using Electra.Configuration;
using Electra.Native;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The ELECTRA encoder without a head: embeddings, their projection when widths differ, and the post-LN layers. Parameters are float32
/// and named as in Hugging Face.
/// </summary>
public sealed class ElectraModel : StationaryModule, IElectraModule<ElectraModel>
{
    [ComponentName(Name = "embeddings")]
    private readonly ElectraEmbeddings _embeddings;

    [ComponentName(Name = "embeddings_project")]
    private readonly Dense? _project;

    [ComponentName(Name = "encoder")]
    private readonly ElectraEncoder _encoder;

    /// <summary>Makes the model with fresh weights.</summary>
    /// <param name="config">Sizes; validated.</param>
    /// <param name="device">Where parameters live; null for the CPU. The model stays there.</param>
    /// <param name="seed">Of the initial weights (the same on every device) and of the dropout stream.</param>
    /// <param name="sharedEmbeddings">Another tower's embeddings to use as they are; null to make own ones.</param>
    /// <exception cref="ArgumentException">The config is bad, or the shared embeddings do not fit it.</exception>
    public ElectraModel(ElectraConfig config, Device? device = null, long seed = 0, ElectraEmbeddings? sharedEmbeddings = null)
        : this(config.Validate(), new Initializer(device, seed, config.InitializerRange), seed, sharedEmbeddings, ownsInitializer: true)
    {
    }

    internal ElectraModel(
        ElectraConfig config, Initializer initializer, long seed, ElectraEmbeddings? sharedEmbeddings, bool ownsInitializer = false)
        : base(nameof(ElectraModel))
    {
        sharedEmbeddings?.CheckFits(config, initializer.Device, nameof(sharedEmbeddings));
        Config = config;
        Device = initializer.Device;
        Kernels = new KernelGate(config, Device);
        Dropout = new DropoutStream(seed);
        _embeddings = sharedEmbeddings ?? new ElectraEmbeddings(config, initializer);
        if (config.EmbeddingSize != config.HiddenSize)
            _project = Dense.Glorot(initializer, config.EmbeddingSize, config.HiddenSize);
        _encoder = new ElectraEncoder(config, initializer, Kernels);
        if (ownsInitializer) initializer.Dispose();
        RegisterComponents();
    }

    /// <summary>What the model was made from.</summary>
    public ElectraConfig Config { get; }

    /// <summary>Where the parameters live.</summary>
    public Device Device { get; }

    /// <summary>
    /// Element type of activations and matrix products: float32 or bfloat16. Parameters, LayerNorm, softmax statistics and losses stay
    /// float32.
    /// </summary>
    /// <value>Float32</value>
    /// <exception cref="ArgumentException">Set to another type.</exception>
    public ScalarType ComputeDtype
    {
        get;
        set => field = value is ScalarType.Float32 or ScalarType.BFloat16
            ? value
            : throw new ArgumentException($"ComputeDtype must be Float32 or BFloat16, not {value}.", nameof(value));
    } = ScalarType.Float32;

    /// <summary>The seeds of this model's dropout.</summary>
    internal DropoutStream Dropout { get; }

    /// <summary>
    /// Whether layers run as one node with this library's own CPU kernels where those exist: on a CPU, with the erf gelu, sizes of multiples of 16
    /// and no key in the configuration that the library does not know; false composes them of libtorch's operators, slower and with the same
    /// results to rounding.
    /// </summary>
    /// <value>true</value>
    public bool UseFusedKernels
    {
        get => Kernels.IsAllowed;
        set => Kernels.IsAllowed = value;
    }

    /// <summary>What runs on own kernels.</summary>
    internal KernelGate Kernels { get; }

    /// <summary>
    /// Whether a layer keeps its input only and computes the rest again in the backward pass: about a third more work for a fraction of the
    /// memory. Outside fused kernels on CUDA with dropout, each layer then seeds the generators of all CUDA devices, since dropout there draws from
    /// them. Do not switch between training and evaluation between a forward pass and its backward pass.
    /// </summary>
    /// <value>false</value>
    public bool RecomputeActivations { get; set; }

    /// <summary>The embeddings, to share with another tower.</summary>
    public ElectraEmbeddings Embeddings => _embeddings;

    /// <summary>Whether layers run on the tokens of padded batches alone, where their layout is given; null where that is faster.</summary>
    internal bool? PacksTokens { get; set; }

    /// <summary>
    /// Whether the network is there to be evaluated: weights, and in bfloat16 their casts, are then prepared in the first pass without gradients and
    /// shared by all that follow, of any thread. Parameters that are written to in place, as loading does, are noticed, and setting this again, when no
    /// pass is running, forgets what was prepared. An optimizer that keeps its parameters in a buffer of its own is not noticed; so a pass with
    /// gradients is refused as long as a parameter of the encoder wants one.
    /// </summary>
    /// <value>false</value>
    internal bool IsInferenceOnly
    {
        get => InferenceCopies is not null;
        set
        {
            InferenceCopies = value ? new InferenceCopies() : null;
            _encoder.PreparesWeights = value;
            Lend(this);
        }
    }

    /// <summary>Casts of parameters; null unless <see cref="IsInferenceOnly"/>.</summary>
    internal InferenceCopies? InferenceCopies { get; private set; }

    internal Dense? EmbeddingsProject => _project;

    internal ElectraEncoder Encoder => _encoder;

    /// <summary>Encodes a batch.</summary>
    /// <param name="inputIds">int64 (batch, seq); null when <paramref name="inputsEmbeds"/> is given.</param>
    /// <param name="attentionMask">
    /// (batch, seq), 0 where a token must not be attended to; null when the batch has no padding, which is faster.
    /// </param>
    /// <param name="tokenTypeIds">int64 (batch, seq); null for all zero.</param>
    /// <param name="positionIds">int64 (batch or 1, seq); null for 0, 1, ...</param>
    /// <param name="inputsEmbeds">float32 (batch, seq, embedding), in place of rows of the word table.</param>
    /// <param name="layout">
    /// What <paramref name="attentionMask"/> says, as known on the host. On CUDA in bfloat16 layers then leave padding out, and the result is 0
    /// there; elsewhere it changes nothing.
    /// </param>
    /// <returns>(batch, seq, hidden) in <see cref="ComputeDtype"/></returns>
    /// <exception cref="ArgumentException">
    /// A tensor or the layout has another shape, dtype or device, the sequence is longer than the position table, or, on a CPU, an id is no row of
    /// its table.
    /// </exception>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null,
        PackedSequences? layout = null) =>
        Encode(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds, layout, firstOnly: false);

    /// <summary>The same for a head that reads the first tokens alone, if it says so; the result may then have no others.</summary>
    internal Tensor Encode(
        Tensor? inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor? positionIds, Tensor? inputsEmbeds, PackedSequences? layout, bool firstOnly)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedded = Embed(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds);
        if (layout is null || !CanPack)
            return _encoder.forward(embedded, Context(attentionMask, null) with { FirstOnly = firstOnly }).MoveToOuterDisposeScope();
        if (layout.Lengths.Count != embedded.shape[0] || layout.SequenceLength != embedded.shape[1])
        {
            throw new ArgumentException(
                $"The layout is of {layout.Lengths.Count} x {layout.SequenceLength} positions, the batch of {embedded.shape[0]} x {embedded.shape[1]}.",
                nameof(layout));
        }

        Tensor tokens = _encoder.forward(layout.Pack(embedded), Context(null, null) with { Packed = layout }); // (tokens, hidden)
        return layout.Unpack(tokens).MoveToOuterDisposeScope(); // (batch, seq, hidden)
    }

    /// <summary>Whether a layout makes a difference.</summary>
    internal bool CanPack =>
        PacksTokens ?? PackedAttention.IsFast(Device, ComputeDtype, Config.HiddenSize / Config.NumAttentionHeads);

    /// <summary>Encodes a batch and keeps what every layer computed; arguments and errors as in <see cref="forward"/>.</summary>
    public ElectraModelOutput forwardWithStates(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> attentions = [];
        List<Tensor> hiddenStates = [Embed(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds)];
        Tensor last = _encoder.forward(hiddenStates[0], Context(attentionMask, attentions), hiddenStates);
        foreach (Tensor kept in attentions) scope.Attach(kept);
        foreach (Tensor kept in hiddenStates.Concat(attentions)) kept.MoveToOuterDisposeScope();
        return new ElectraModelOutput(last, hiddenStates, attentions);
    }

    /// <summary>Gives the casts to all modules of a network that this encoder is part of.</summary>
    internal void Lend(nn.Module network)
    {
        foreach (ICastsParameters module in network.modules().OfType<ICastsParameters>()) module.Copies = InferenceCopies;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) InferenceCopies?.Dispose();
        base.Dispose(disposing);
    }

    static ElectraModel IElectraModule<ElectraModel>.Create(ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);

    /// <summary>The layers' input (batch, seq, hidden).</summary>
    internal Tensor Embed(Tensor? inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor? positionIds, Tensor? inputsEmbeds)
    {
        if (IsInferenceOnly && is_grad_enabled() && parameters().Any(parameter => parameter.requires_grad))
        {
            throw new InvalidOperationException(
                "The network was prepared for inference alone: call it within torch.no_grad(), or set IsInferenceOnly to false to train it.");
        }

        ModelInputs.Check(Config, Device, inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds);
        Tensor embedded = _embeddings.forward(
            inputIds, tokenTypeIds, positionIds, inputsEmbeds, Dropout, ComputeDtype,
            Kernels.RunsEmbeddings(ComputeDtype, inputIds is not null)); // (batch, seq, embedding)
        return _project is null ? embedded : _project.forward(embedded); // (batch, seq, hidden)
    }

    /// <summary>Runs the layers on their input.</summary>
    internal Tensor RunLayers(Tensor embedded, Tensor? attentionMask) => _encoder.forward(embedded, Context(attentionMask, null));

    private LayerContext Context(Tensor? attentionMask, List<Tensor>? attentions)
    {
        Tensor? keyBias = attentionMask is null ? null : KeyBias(attentionMask);
        Tensor? mask = keyBias is null ? null : Casting.Cast(keyBias, ComputeDtype).unsqueeze(1).unsqueeze(1); // (batch, 1, 1, seq)
        return new(keyBias, mask, Dropout, RecomputeActivations, Attentions: attentions);
    }

    /// <summary>
    /// The lowest finite number where the mask is 0. Finite, as in Hugging Face: a row that may attend to nothing attends to everything
    /// alike, where minus infinity would make it NaN.
    /// </summary>
    private Tensor KeyBias(Tensor attentionMask)
    {
        double lowest = ComputeDtype == ScalarType.BFloat16 ? -3.3895313892515355e38 : float.MinValue;
        using Tensor masked = attentionMask.eq(Scalars.Of(0));
        return zeros(masked.shape, ScalarType.Float32, masked.device).masked_fill_(masked, Scalars.Of(lowest)); // (batch, seq)
    }
}
