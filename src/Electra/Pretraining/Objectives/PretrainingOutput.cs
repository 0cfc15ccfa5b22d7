using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What one forward pass of <see cref="ElectraPretrainingModel"/> gives. What comes after the predictions is null for a plain masked LM.
/// Only <paramref name="Loss"/> has a gradient.
/// </summary>
/// <param name="Loss">The weighted sum to run backward from. () float32</param>
/// <param name="MaskedLMLoss">As trained: summed over all slots in use, divided by the global count. () float32</param>
/// <param name="Batch">The masked batch.</param>
/// <param name="SlotLosses">The generator's loss at each slot, 0 where it is unused. (batch, slots) float32</param>
/// <param name="SlotHits">1 where the generator's likeliest word is the original. (batch, slots) float32</param>
/// <param name="LogProbabilities">
/// The generator's predictions at the slots; null when training on a CPU, where they are never all in memory.
/// (batch, slots, vocabulary) float32
/// </param>
/// <param name="DiscriminatorLoss">As trained: over all tokens that are no padding, divided by the global count. () float32</param>
/// <param name="SampledIds">The generator's samples. (batch, slots) int64</param>
/// <param name="ReplacedInputIds">What the discriminator read. (batch, seq) int64</param>
/// <param name="IsReplaced">The truth: false where a sample equals the original. (batch, seq) bool</param>
/// <param name="DiscriminatorLogits">Above 0 = replaced. (batch, seq) float32</param>
/// <param name="DetectionLosses">The discriminator's loss at each token, 0 at padding. (batch, seq) float32</param>
public sealed record PretrainingOutput(
    Tensor Loss,
    Tensor MaskedLMLoss,
    MaskedBatch Batch,
    Tensor SlotLosses,
    Tensor SlotHits,
    Tensor? LogProbabilities,
    Tensor? DiscriminatorLoss = null,
    Tensor? SampledIds = null,
    Tensor? ReplacedInputIds = null,
    Tensor? IsReplaced = null,
    Tensor? DiscriminatorLogits = null,
    Tensor? DetectionLosses = null);
