namespace Electra.Modeling;

/// <summary>What there is of each of the four float32 parameters of the replaced token detection head.</summary>
/// <typeparam name="T">As in <see cref="EncoderLayerParameters{T}"/>.</typeparam>
/// <param name="DenseWeight">(hidden, hidden)</param>
/// <param name="DenseBias">(hidden)</param>
/// <param name="PredictionWeight">(1, hidden)</param>
/// <param name="PredictionBias">(1)</param>
internal readonly record struct DetectionHeadParameters<T>(T DenseWeight, T DenseBias, T PredictionWeight, T PredictionBias)
{
    /// <summary>All of them, in declaration order.</summary>
    public T[] ToArray() => [DenseWeight, DenseBias, PredictionWeight, PredictionBias];

    /// <summary>What <paramref name="make"/> makes of each, for example its gradient.</summary>
    public DetectionHeadParameters<TResult> Map<TResult>(Func<T, TResult> make) =>
        new(make(DenseWeight), make(DenseBias), make(PredictionWeight), make(PredictionBias));
}
