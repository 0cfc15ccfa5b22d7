using Electra.Configuration;
using TorchSharp.Utils;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>One post-LN encoder layer.</summary>
internal sealed class ElectraLayer : nn.Module
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

    internal ElectraConfig Config { get; }

    internal Dense Query => _attention.Self.Query;

    internal Dense Key => _attention.Self.Key;

    internal Dense Value => _attention.Self.Value;

    internal Dense AttentionOutput => _attention.Output.Dense;

    internal LayerNorm AttentionLayerNorm => _attention.Output.LayerNorm;

    internal Dense Intermediate => _intermediate.Dense;

    internal Dense Output => _output.Dense;

    internal LayerNorm OutputLayerNorm => _output.LayerNorm;

    public Tensor forward(Tensor hidden, LayerContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = _attention.forward(hidden, context); // (batch, seq, hidden)
        Tensor widened = _intermediate.forward(attended); // (batch, seq, intermediate)
        return _output.forward(widened, attended, context).MoveToOuterDisposeScope(); // (batch, seq, hidden)
    }
}
