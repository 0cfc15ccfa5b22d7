using Electra.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The stack of layers.</summary>
internal sealed class ElectraEncoder : StationaryModule, IAddsGradients
{
    private readonly ElectraConfig _config;
    private readonly KernelGate _kernels;
    private readonly EncoderLayerParameters<Tensor>[] _layerParameters;
    private readonly EncoderWorkspacePool _workspaces = new();
    private EncoderLayerParameters<Tensor?>[]? _layerGradients;
    private PreparedWeights? _prepared;

    [ComponentName(Name = "layer")]
    private readonly ModuleList<ElectraLayer> _layers;

    public ElectraEncoder(ElectraConfig config, Initializer initializer, KernelGate kernels)
        : base(nameof(ElectraEncoder))
    {
        (_config, _kernels) = (config, kernels);
        _layers = new ModuleList<ElectraLayer>(
            [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ElectraLayer(config, initializer))]);
        _layerParameters = [.. _layers.Select(layer => layer.Parameters)];
        RegisterComponents();
    }

    /// <summary>What the fused path works on, one a layer.</summary>
    public IReadOnlyList<EncoderLayerParameters<Tensor>> Parameters => _layerParameters;

    /// <summary>The layers, the lowest first.</summary>
    public IEnumerable<ElectraLayer> Layers => _layers;

    /// <summary>Whether passes without a backward pass have their weights prepared once for all.</summary>
    public bool PreparesWeights
    {
        get => _prepared is not null;
        set => _prepared = value ? new PreparedWeights(_layerParameters) : null; // a pass may still use the former ones: the collector frees them
    }

    /// <summary>Who is told when the gradients of a layer are whole; null for nobody.</summary>
    public LayerNotices? Notices { get; set; }

    /// <inheritdoc/>
    public void AddToGradientsInPlace(bool inPlace)
    {
        ParameterGradients.Free(Gradients());
        _layerGradients = inPlace ? [.. _layerParameters.Select(layer => layer.Map(ParameterGradients.Kept))] : null;
    }

    /// <summary>
    /// Runs the layers; <paramref name="hiddenStates"/>, when given, receives the output of each. Where first tokens alone are wanted, the result may
    /// have no others.
    /// </summary>
    public Tensor forward(Tensor hidden, LayerContext context, List<Tensor>? hiddenStates = null)
    {
        bool keepsStates = hiddenStates is not null || context.Attentions is not null;
        if (_kernels.RunsEncoder(hidden.dtype, keepsStates, isPacked: context.Packed is not null))
            return FusedEncoder.Run(hidden, Pass(hidden, context)); // (batch, seq, hidden)
        Action<int>? done = is_grad_enabled() ? Notices?.Expect(isSeen: hidden.device_type == DeviceType.CPU) : null;
        foreach ((int index, ElectraLayer layer) in _layers.Index())
        {
            if (done is not null) hidden = LayerNotice.Below(hidden, () => done(index));
            hidden = layer.forward(hidden, context);
            hiddenStates?.Add(hidden);
        }

        return hidden; // (batch, seq, hidden)
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ParameterGradients.Free(Gradients());
            _workspaces.Dispose();
            _prepared?.Dispose();
        }

        base.Dispose(disposing);
    }

    private IEnumerable<Tensor?> Gradients() => (_layerGradients ?? []).SelectMany(layer => layer.ToArray());

    private EncoderPass Pass(Tensor hidden, LayerContext context)
    {
        ActivationKeeping keeping = !is_grad_enabled() || !WantsGradient(hidden) ? ActivationKeeping.None
            : context.RecomputeActivations ? ActivationKeeping.LayerInputs : ActivationKeeping.All;
        PreparedWeights? prepared = keeping == ActivationKeeping.None ? _prepared : null;
        EncoderShape shape = new(
            hidden.size(0), hidden.size(1), hidden.size(2), _config.NumAttentionHeads, _config.IntermediateSize, _layerParameters.Length,
            hidden.dtype, keeping, IsPrepared: prepared is not null);
        double dropout = training ? _config.HiddenDropoutProb : 0, attention = training ? _config.AttentionProbsDropoutProb : 0;
        var settings = new EncoderLayerSettings[_layerParameters.Length];
        for (int layer = 0; layer < settings.Length; layer++)
        {
            ulong seed = dropout > 0 || attention > 0 ? (ulong)context.Dropout.NextSeed() : 0;
            settings[layer] = new EncoderLayerSettings(_config.LayerNormEps, dropout, attention, seed, context.KeyBias);
        }

        bool firstOnly = context.FirstOnly && keeping == ActivationKeeping.None && dropout == 0 && attention == 0;
        Action<int>? done = keeping == ActivationKeeping.None ? null : Notices?.Expect(isSeen: _layerGradients is not null);
        return new EncoderPass(_workspaces, shape, _layerParameters, _layerGradients, settings, firstOnly, prepared, done);
    }

    private bool WantsGradient(Tensor hidden) =>
        hidden.requires_grad || _layerParameters.Any(layer => layer.ToArray().Any(parameter => parameter.requires_grad));
}
