using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What every encoder layer of one forward pass shares.</summary>
/// <param name="Mask">Added to attention scores, (batch, 1, 1, seq) in the compute dtype; null when nothing is masked.</param>
/// <param name="Dropout">Where dropout seeds come from.</param>
/// <param name="Attentions">Where each layer leaves its attention probabilities, (batch, heads, seq, seq); null to keep none.</param>
internal sealed record LayerContext(Tensor? Mask, DropoutStream Dropout, List<Tensor>? Attentions = null);
