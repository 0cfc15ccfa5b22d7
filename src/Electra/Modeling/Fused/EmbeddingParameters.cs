namespace Electra.Modeling;

/// <summary>What there is of each of the five float32 parameters of embeddings.</summary>
/// <typeparam name="T">As in <see cref="EncoderLayerParameters{T}"/>.</typeparam>
/// <param name="Words">(words, size)</param>
/// <param name="Positions">(positions, size)</param>
/// <param name="Types">(types, size)</param>
/// <param name="NormWeight">(size)</param>
/// <param name="NormBias">(size)</param>
internal readonly record struct EmbeddingParameters<T>(T Words, T Positions, T Types, T NormWeight, T NormBias)
{
    /// <summary>All of them, in declaration order.</summary>
    public T[] ToArray() => [Words, Positions, Types, NormWeight, NormBias];

    /// <summary>What <paramref name="make"/> makes of each, for example its gradient.</summary>
    public EmbeddingParameters<TResult> Map<TResult>(Func<T, TResult> make) =>
        new(make(Words), make(Positions), make(Types), make(NormWeight), make(NormBias));
}
