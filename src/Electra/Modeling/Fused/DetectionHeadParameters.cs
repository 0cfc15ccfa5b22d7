using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>The four float32 parameters of the replaced token detection head, or their gradients.</summary>
/// <param name="DenseWeight">(hidden, hidden)</param>
/// <param name="DenseBias">(hidden)</param>
/// <param name="PredictionWeight">(1, hidden)</param>
/// <param name="PredictionBias">(1)</param>
internal readonly record struct DetectionHeadParameters(
    Tensor DenseWeight, Tensor DenseBias, Tensor PredictionWeight, Tensor PredictionBias)
{
    /// <summary>All of them, in declaration order.</summary>
    public Tensor[] ToArray() => [DenseWeight, DenseBias, PredictionWeight, PredictionBias];

    /// <summary>What <paramref name="make"/> makes of each, for example its gradient.</summary>
    public DetectionHeadParameters Map(Func<Tensor, Tensor> make) =>
        new(make(DenseWeight), make(DenseBias), make(PredictionWeight), make(PredictionBias));
}
