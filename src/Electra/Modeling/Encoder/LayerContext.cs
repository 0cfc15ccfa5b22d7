using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What every encoder layer of one forward pass shares.</summary>
/// <param name="KeyBias">Added to the attention scores of each key, float32 (batch, seq); null when nothing is masked.</param>
/// <param name="Mask">The same in the compute dtype as (batch, 1, 1, seq).</param>
/// <param name="Dropout">Where dropout seeds come from.</param>
/// <param name="RecomputeActivations">Whether a layer keeps its input only and computes the rest again in the backward pass.</param>
/// <param name="Packed">The layout of the batch when its tokens are packed, (tokens, hidden) instead of (batch, seq, hidden); null when not.</param>
/// <param name="Attentions">Where each layer leaves its attention probabilities, (batch, heads, seq, seq); null to keep none.</param>
/// <param name="FirstOnly">Whether the last layer's output is wanted of the first token of each sequence alone.</param>
internal sealed record LayerContext(
    Tensor? KeyBias,
    Tensor? Mask,
    DropoutStream Dropout,
    bool RecomputeActivations,
    PackedSequences? Packed = null,
    List<Tensor>? Attentions = null,
    bool FirstOnly = false);
