using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Everything a forward pass computed, in the compute dtype.</summary>
/// <param name="LastHiddenState">(batch, seq, hidden)</param>
/// <param name="HiddenStates">
/// Layers + 1 of (batch, seq, hidden): the encoder's input, then each layer's output; the last is <paramref name="LastHiddenState"/>.
/// </param>
/// <param name="Attentions">One a layer, (batch, heads, seq, seq): attention probabilities.</param>
public sealed record ElectraModelOutput(Tensor LastHiddenState, IReadOnlyList<Tensor> HiddenStates, IReadOnlyList<Tensor> Attentions);
