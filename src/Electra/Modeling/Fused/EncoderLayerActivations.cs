using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>What the backward pass of a fused encoder layer needs from its forward pass (rows = batch x tokens).</summary>
internal readonly record struct EncoderLayerActivations(
    Tensor QkvWeight,             // compute dtype (3 hidden, hidden)
    Tensor AttentionOutputWeight, // compute dtype
    Tensor IntermediateWeight,    // compute dtype
    Tensor OutputWeight,          // compute dtype
    Tensor Query,                 // (batch x heads, tokens, size), scaled by 1/sqrt(size)
    Tensor Key,
    Tensor Value,
    Tensor Probabilities,         // (batch x heads, tokens, tokens), before dropout
    Tensor Attended,              // the same after dropout; the same tensor when nothing is dropped
    Tensor Context,               // (rows, hidden)
    Tensor AttentionSum,          // (rows, hidden): what the first LayerNorm normalised
    Tensor AttentionStatistics,   // float32 (2, rows): mean, 1/deviation
    Tensor AttentionResult,       // (rows, hidden)
    Tensor Intermediate,          // (rows, intermediate), before bias and gelu
    Tensor Activated,             // (rows, intermediate)
    Tensor OutputSum,             // (rows, hidden)
    Tensor OutputStatistics)      // float32 (2, rows)
{
    /// <summary>All of them, in declaration order.</summary>
    public Tensor[] ToArray() =>
    [
        QkvWeight, AttentionOutputWeight, IntermediateWeight, OutputWeight, Query, Key, Value, Probabilities, Attended, Context,
        AttentionSum, AttentionStatistics, AttentionResult, Intermediate, Activated, OutputSum, OutputStatistics,
    ];

    /// <summary>The inverse of <see cref="ToArray"/>.</summary>
    public static EncoderLayerActivations From(IReadOnlyList<Tensor> t, int start) =>
        new(
            t[start], t[start + 1], t[start + 2], t[start + 3], t[start + 4], t[start + 5], t[start + 6], t[start + 7], t[start + 8],
            t[start + 9], t[start + 10], t[start + 11], t[start + 12], t[start + 13], t[start + 14], t[start + 15], t[start + 16]);
}
