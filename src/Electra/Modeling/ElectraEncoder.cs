using Electra.Configuration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The stack of layers.</summary>
internal sealed class ElectraEncoder : nn.Module
{
    [ComponentName(Name = "layer")]
    private readonly ModuleList<ElectraLayer> _layers;

    public ElectraEncoder(ElectraConfig config, Initializer initializer)
        : base(nameof(ElectraEncoder))
    {
        _layers = new ModuleList<ElectraLayer>(
            [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ElectraLayer(config, initializer))]);
        RegisterComponents();
    }

    public IReadOnlyList<ElectraLayer> Layers => [.. _layers];

    /// <summary>Runs the layers; <paramref name="hiddenStates"/>, when given, receives the output of each.</summary>
    public Tensor forward(Tensor hidden, LayerContext context, List<Tensor>? hiddenStates = null)
    {
        foreach (ElectraLayer layer in _layers)
        {
            hidden = layer.forward(hidden, context);
            hiddenStates?.Add(hidden);
        }

        return hidden; // (batch, seq, hidden)
    }
}
