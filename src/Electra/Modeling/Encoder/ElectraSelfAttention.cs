using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Query, key and value projections, and attention over the heads.</summary>
internal sealed class ElectraSelfAttention : StationaryModule
{
    private readonly long _heads;
    private readonly double _dropout;

    [ComponentName(Name = "query")]
    private readonly Dense _query;

    [ComponentName(Name = "key")]
    private readonly Dense _key;

    [ComponentName(Name = "value")]
    private readonly Dense _value;

    public ElectraSelfAttention(ElectraConfig config, Initializer initializer)
        : base(nameof(ElectraSelfAttention))
    {
        _heads = config.NumAttentionHeads;
        _dropout = config.AttentionProbsDropoutProb;
        _query = Dense.Normal(initializer, config.HiddenSize, config.HiddenSize);
        _key = Dense.Normal(initializer, config.HiddenSize, config.HiddenSize);
        _value = Dense.Normal(initializer, config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    public Dense Query => _query;

    public Dense Key => _key;

    public Dense Value => _value;

    public Tensor forward(Tensor hidden, LayerContext context)
    {
        (Tensor query, Tensor key, Tensor value) = (Heads(_query.forward(hidden)), Heads(_key.forward(hidden)), Heads(_value.forward(hidden)));
        if (context.Packed is { } layout)
            return PackedAttention.Apply(query, key, value, layout, context, _dropout, training).reshape(hidden.shape); // (tokens, hidden)
        Tensor attended = SelfAttention.Apply(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), context, _dropout, training);
        return attended.transpose(1, 2).reshape(hidden.shape); // (batch, seq, hidden)
    }

    private Tensor Heads(Tensor projected) => projected.view([.. projected.shape[..^1], _heads, -1]); // (..., heads, head size)
}
