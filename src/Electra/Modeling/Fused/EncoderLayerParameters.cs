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
    /// <summary>How many there are.</summary>
    public const int Count = 16;

    /// <summary>All of them, in declaration order.</summary>
    public Tensor[] ToArray() =>
    [
        QueryWeight, QueryBias, KeyWeight, KeyBias, ValueWeight, ValueBias,
        AttentionOutputWeight, AttentionOutputBias, AttentionNormWeight, AttentionNormBias,
        IntermediateWeight, IntermediateBias, OutputWeight, OutputBias, OutputNormWeight, OutputNormBias,
    ];

    /// <summary>The inverse of <see cref="ToArray"/>, from the arguments of an autograd function.</summary>
    public static EncoderLayerParameters From(object[] arguments, int start)
    {
        Tensor At(int i) => (Tensor)arguments[start + i];
        return new(
            At(0), At(1), At(2), At(3), At(4), At(5), At(6), At(7), At(8), At(9), At(10), At(11), At(12), At(13), At(14), At(15));
    }
}
