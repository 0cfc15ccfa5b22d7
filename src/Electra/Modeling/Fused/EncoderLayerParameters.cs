using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>The sixteen float32 parameters of an encoder layer, weights as (outputs, inputs).</summary>
internal readonly record struct EncoderLayerParameters(
    Tensor QueryWeight,
    Tensor QueryBias,
    Tensor KeyWeight,
    Tensor KeyBias,
    Tensor ValueWeight,
    Tensor ValueBias,
    Tensor AttentionOutputWeight,
    Tensor AttentionOutputBias,
    Tensor AttentionNormWeight,
    Tensor AttentionNormBias,
    Tensor IntermediateWeight,
    Tensor IntermediateBias,
    Tensor OutputWeight,
    Tensor OutputBias,
    Tensor OutputNormWeight,
    Tensor OutputNormBias)
{
    /// <summary>All of them, in declaration order.</summary>
    public Tensor[] ToArray() =>
    [
        QueryWeight, QueryBias, KeyWeight, KeyBias, ValueWeight, ValueBias,
        AttentionOutputWeight, AttentionOutputBias, AttentionNormWeight, AttentionNormBias,
        IntermediateWeight, IntermediateBias, OutputWeight, OutputBias, OutputNormWeight, OutputNormBias,
    ];

    /// <summary>What <paramref name="make"/> makes of each, for example its gradient.</summary>
    public EncoderLayerParameters Map(Func<Tensor, Tensor> make) =>
        new(
            make(QueryWeight), make(QueryBias), make(KeyWeight), make(KeyBias), make(ValueWeight), make(ValueBias),
            make(AttentionOutputWeight), make(AttentionOutputBias), make(AttentionNormWeight), make(AttentionNormBias),
            make(IntermediateWeight), make(IntermediateBias), make(OutputWeight), make(OutputBias), make(OutputNormWeight), make(OutputNormBias));
}
