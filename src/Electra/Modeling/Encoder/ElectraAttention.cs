using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The attention half of a layer.</summary>
internal sealed class ElectraAttention : StationaryModule
{
    [ComponentName(Name = "self")]
    private readonly ElectraSelfAttention _self;

    [ComponentName(Name = "output")]
    private readonly ResidualOutput _output;

    public ElectraAttention(ElectraConfig config, Initializer initializer)
        : base(nameof(ElectraAttention))
    {
        _self = new ElectraSelfAttention(config, initializer);
        _output = new ResidualOutput(config, initializer, config.HiddenSize);
        RegisterComponents();
    }

    public ElectraSelfAttention Self => _self;

    public ResidualOutput Output => _output;

    public Tensor forward(Tensor hidden, LayerContext context) =>
        _output.forward(_self.forward(hidden, context), hidden, context); // (batch, seq, hidden)
}
