using Electra.Configuration;
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
    private (ScalarType Dtype, EncoderLayerWeights[] Weights)? _prepared;

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

    /// <inheritdoc/>
    public void AddToGradientsInPlace(bool inPlace)
    {
        ParameterGradients.Free(Gradients());
        _layerGradients = inPlace ? [.. _layerParameters.Select(layer => layer.Map(ParameterGradients.Kept))] : null;
    }

    /// <summary>
    /// Loads the weights for products of a type once, for all passes without gradients from now on. The parameters must not change any more; when the
    /// model is trained again, it is as if this had not been called.
    /// </summary>
    public void PrepareWeights(ScalarType dtype)
    {
        using IDisposable _ = no_grad();
        DropPrepared();
        EncoderShape shape = Shape(1, 1, dtype, ActivationKeeping.None);
        EncoderLayerWeights[] weights = [.. _layerParameters.Select(_ => new EncoderLayerWeights(shape))];
        foreach ((EncoderLayerWeights layer, EncoderLayerParameters<Tensor> parameters) in weights.Zip(_layerParameters)) layer.Load(parameters);
        _prepared = (dtype, weights);
    }

    /// <summary>Runs the layers; <paramref name="hiddenStates"/>, when given, receives the output of each.</summary>
    public Tensor forward(Tensor hidden, LayerContext context, List<Tensor>? hiddenStates = null)
    {
        bool keepsStates = hiddenStates is not null || context.Attentions is not null;
        if (_kernels.RunsEncoder(hidden.dtype, keepsStates, isPacked: context.Packed is not null))
            return FusedEncoder.Run(hidden, Pass(hidden, context)); // (batch, seq, hidden)
        foreach (ElectraLayer layer in _layers)
        {
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
            DropPrepared();
        }

        base.Dispose(disposing);
    }

    private IEnumerable<Tensor?> Gradients() => (_layerGradients ?? []).SelectMany(layer => layer.ToArray());

    private EncoderPass Pass(Tensor hidden, LayerContext context)
    {
        ActivationKeeping keeping = !is_grad_enabled() || !WantsGradient(hidden) ? ActivationKeeping.None
            : context.RecomputeActivations ? ActivationKeeping.LayerInputs : ActivationKeeping.All;
        EncoderShape shape = Shape(hidden.size(0), hidden.size(1), hidden.dtype, keeping);
        if (training) DropPrepared();
        double dropout = training ? _config.HiddenDropoutProb : 0, attention = training ? _config.AttentionProbsDropoutProb : 0;
        var settings = new EncoderLayerSettings[_layerParameters.Length];
        for (int layer = 0; layer < settings.Length; layer++)
        {
            ulong seed = dropout > 0 || attention > 0 ? (ulong)context.Dropout.NextSeed() : 0;
            settings[layer] = new EncoderLayerSettings(_config.LayerNormEps, dropout, attention, seed, context.KeyBias);
        }

        return new EncoderPass(_workspaces, shape, _layerParameters, _layerGradients, settings)
        {
            Prepared = keeping == ActivationKeeping.None && _prepared?.Dtype == hidden.dtype ? _prepared?.Weights : null,
        };
    }

    private EncoderShape Shape(long batch, long tokens, ScalarType dtype, ActivationKeeping keeping) => new(
        batch, tokens, _config.HiddenSize, _config.NumAttentionHeads, _config.IntermediateSize, _layerParameters.Length, dtype, keeping);

    private void DropPrepared()
    {
        foreach (EncoderLayerWeights layer in _prepared?.Weights ?? []) layer.Dispose();
        _prepared = null;
    }

    private bool WantsGradient(Tensor hidden) =>
        hidden.requires_grad || _layerParameters.Any(layer => layer.ToArray().Any(parameter => parameter.requires_grad));
}
