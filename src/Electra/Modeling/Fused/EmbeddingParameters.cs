using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>The five float32 parameters of embeddings, or their gradients.</summary>
/// <param name="Words">(words, size)</param>
/// <param name="Positions">(positions, size)</param>
/// <param name="Types">(types, size)</param>
/// <param name="NormWeight">(size)</param>
/// <param name="NormBias">(size)</param>
internal readonly record struct EmbeddingParameters(Tensor Words, Tensor Positions, Tensor Types, Tensor NormWeight, Tensor NormBias)
{
    /// <summary>All of them, in declaration order.</summary>
    public Tensor[] ToArray() => [Words, Positions, Types, NormWeight, NormBias];

    /// <summary>What <paramref name="make"/> makes of each, for example its gradient.</summary>
    public EmbeddingParameters Map(Func<Tensor, Tensor> make) =>
        new(make(Words), make(Positions), make(Types), make(NormWeight), make(NormBias));
}
