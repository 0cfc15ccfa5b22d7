using Electra.Configuration;
using Electra.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Dense, dropout, residual sum, LayerNorm: Hugging Face's <c>ElectraSelfOutput</c> and <c>ElectraOutput</c>.</summary>
internal sealed class ResidualOutput : StationaryModule
{
    private readonly double _dropout;

    [ComponentName(Name = "dense")]
    private readonly Dense _dense;

    [ComponentName(Name = "LayerNorm")]
    private readonly LayerNorm _layerNorm;

    public ResidualOutput(ElectraConfig config, Initializer initializer, long inputs)
        : base(nameof(ResidualOutput))
    {
        _dropout = config.HiddenDropoutProb;
        _dense = Dense.Normal(initializer, inputs, config.HiddenSize);
        _layerNorm = new LayerNorm(initializer, config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public Dense Dense => _dense;

    public LayerNorm LayerNorm => _layerNorm;

    public Tensor forward(Tensor input, Tensor residual, LayerContext context) =>
        _layerNorm.forward(Dropout.Apply(_dense.forward(input), _dropout, context.Dropout, training).add(residual, Scalars.One)); // (batch, seq, hidden)
}
