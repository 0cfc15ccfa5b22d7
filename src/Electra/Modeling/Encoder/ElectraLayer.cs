using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>One post-LN encoder layer.</summary>
internal sealed class ElectraLayer : StationaryModule
{
    [ComponentName(Name = "attention")]
    private readonly ElectraAttention _attention;

    [ComponentName(Name = "intermediate")]
    private readonly ElectraIntermediate _intermediate;

    [ComponentName(Name = "output")]
    private readonly ResidualOutput _output;

    public ElectraLayer(ElectraConfig config, Initializer initializer)
        : base(nameof(ElectraLayer))
    {
        Config = config;
        _attention = new ElectraAttention(config, initializer);
        _intermediate = new ElectraIntermediate(config, initializer);
        _output = new ResidualOutput(config, initializer, config.IntermediateSize);
        RegisterComponents();
    }

    private ElectraConfig Config { get; }

    /// <summary>Whether the next forward pass draws dropout masks.</summary>
    internal bool DropsOut => training && (Config.HiddenDropoutProb > 0 || Config.AttentionProbsDropoutProb > 0);

    /// <summary>What the fused path works on.</summary>
    public EncoderLayerParameters<Tensor> Parameters
    {
        get
        {
            (ElectraSelfAttention self, ResidualOutput attention) = (_attention.Self, _attention.Output);
            return new(
                self.Query.Weight, self.Query.Bias, self.Key.Weight, self.Key.Bias, self.Value.Weight, self.Value.Bias,
                attention.Dense.Weight, attention.Dense.Bias, attention.LayerNorm.Weight, attention.LayerNorm.Bias,
                _intermediate.Dense.Weight, _intermediate.Dense.Bias,
                _output.Dense.Weight, _output.Dense.Bias, _output.LayerNorm.Weight, _output.LayerNorm.Bias);
        }
    }

    public Tensor forward(Tensor hidden, LayerContext context) =>
        context.RecomputeActivations && context.Attentions is null && is_grad_enabled()
            ? RecomputedLayer.Run(this, hidden, context)
            : Compose(hidden, context);

    /// <summary>The layer made of libtorch's operators.</summary>
    internal Tensor Compose(Tensor hidden, LayerContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = _attention.forward(hidden, context); // (batch, seq, hidden)
        Tensor widened = _intermediate.forward(attended); // (batch, seq, intermediate)
        return _output.forward(widened, attended, context).MoveToOuterDisposeScope(); // (batch, seq, hidden)
    }
}
