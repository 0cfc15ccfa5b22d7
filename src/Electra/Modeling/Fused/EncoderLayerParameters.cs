namespace Electra.Modeling;

/// <summary>What there is of each of the sixteen float32 parameters of an encoder layer, weights as (outputs, inputs).</summary>
/// <typeparam name="T">A tensor for the parameters; for their gradients one that may be null, since a frozen parameter has none.</typeparam>
internal readonly record struct EncoderLayerParameters<T>(
    T QueryWeight,
    T QueryBias,
    T KeyWeight,
    T KeyBias,
    T ValueWeight,
    T ValueBias,
    T AttentionOutputWeight,
    T AttentionOutputBias,
    T AttentionNormWeight,
    T AttentionNormBias,
    T IntermediateWeight,
    T IntermediateBias,
    T OutputWeight,
    T OutputBias,
    T OutputNormWeight,
    T OutputNormBias)
{
    /// <summary>All of them, in declaration order.</summary>
    public T[] ToArray() =>
    [
        QueryWeight, QueryBias, KeyWeight, KeyBias, ValueWeight, ValueBias,
        AttentionOutputWeight, AttentionOutputBias, AttentionNormWeight, AttentionNormBias,
        IntermediateWeight, IntermediateBias, OutputWeight, OutputBias, OutputNormWeight, OutputNormBias,
    ];

    /// <summary>What <paramref name="make"/> makes of each, for example its gradient.</summary>
    public EncoderLayerParameters<TResult> Map<TResult>(Func<T, TResult> make) =>
        new(
            make(QueryWeight), make(QueryBias), make(KeyWeight), make(KeyBias), make(ValueWeight), make(ValueBias),
            make(AttentionOutputWeight), make(AttentionOutputBias), make(AttentionNormWeight), make(AttentionNormBias),
            make(IntermediateWeight), make(IntermediateBias), make(OutputWeight), make(OutputBias), make(OutputNormWeight), make(OutputNormBias));
}
