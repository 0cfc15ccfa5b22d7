using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The widening half of the feed-forward part.</summary>
internal sealed class ElectraIntermediate : StationaryModule
{
    private readonly Func<Tensor, Tensor> _activation;

    [ComponentName(Name = "dense")]
    private readonly Dense _dense;

    public ElectraIntermediate(ElectraConfig config, Initializer initializer)
        : base(nameof(ElectraIntermediate))
    {
        _activation = Activations.Get(config.HiddenAct);
        _dense = Dense.Normal(initializer, config.HiddenSize, config.IntermediateSize);
        RegisterComponents();
    }

    public Dense Dense => _dense;

    public Tensor forward(Tensor hidden) => _activation(_dense.forward(hidden)); // (batch, seq, intermediate)
}
