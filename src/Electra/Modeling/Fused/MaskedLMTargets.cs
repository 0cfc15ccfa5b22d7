using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>What a masked language modeling loss is measured against, and where what is known of each slot goes.</summary>
/// <param name="Ids">int64 (n): the words that were hidden.</param>
/// <param name="Weights">float32 (n): 1 for a slot in use, else 0.</param>
/// <param name="Losses">float32 (n), written: the weighted loss of each slot.</param>
/// <param name="Hits">float32 (n), written: the weight where the right word is the likeliest, else 0.</param>
/// <param name="Uniform">float32 (n) in [0, 1), one draw a slot; null to sample nothing.</param>
/// <param name="Samples">int64 (n), written: the words drawn; null with <paramref name="Uniform"/>.</param>
internal sealed record MaskedLMTargets(Tensor Ids, Tensor Weights, Tensor Losses, Tensor Hits, Tensor? Uniform, Tensor? Samples);
