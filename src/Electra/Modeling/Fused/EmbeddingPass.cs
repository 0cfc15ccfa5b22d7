using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What fused embeddings need besides ids.</summary>
/// <param name="Parameters">float32.</param>
/// <param name="Gradients">Where the backward pass adds their gradients; null to hand those to autograd.</param>
/// <param name="PaddingId">The word that gets no gradient; -1 for none.</param>
/// <param name="LayerNormEpsilon">Added to variances.</param>
/// <param name="Dropout">Of the result.</param>
/// <param name="Dtype">Of the result: float32 or bfloat16.</param>
internal sealed record EmbeddingPass(
    EmbeddingParameters<Tensor> Parameters,
    EmbeddingParameters<Tensor?>? Gradients,
    long PaddingId,
    double LayerNormEpsilon,
    DropoutMask Dropout,
    ScalarType Dtype);
