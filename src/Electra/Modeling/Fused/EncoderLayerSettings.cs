using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What a layer needs besides tensors that carry gradients.</summary>
/// <param name="LayerNormEpsilon">Added to variances.</param>
/// <param name="HiddenDropout">Dropout probability after the attention output and the feed-forward output; 0 when evaluating.</param>
/// <param name="AttentionDropout">Dropout probability of attention weights; 0 when evaluating.</param>
/// <param name="Seed">Seed of this layer's dropout in this forward pass.</param>
/// <param name="KeyBias">float32 (batch, tokens), added to every score of a key; null when nothing is masked.</param>
/// <param name="FirstRow">Where a part of a batch begins among its rows, for the dropout masks.</param>
internal readonly record struct EncoderLayerSettings(
    double LayerNormEpsilon, double HiddenDropout, double AttentionDropout, ulong Seed, Tensor? KeyBias, long FirstRow = 0);
