using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What one forward pass of <see cref="ElectraPretrainingModel"/> gives. What comes after the predictions is null for a plain masked LM.
/// </summary>
/// <param name="Loss">The weighted sum to run backward from. () float32</param>
/// <param name="MaskedLMLoss">Summed over these rows, divided by the global count; no gradient. () float32</param>
/// <param name="Batch">The masked batch.</param>
/// <param name="LogProbabilities">
/// The generator's predictions at the slots, without a gradient; null when training on a CPU, where they are never all in memory.
/// (batch, slots, vocabulary) float32
/// </param>
/// <param name="DiscriminatorLoss">As <paramref name="MaskedLMLoss"/>, of replaced token detection. () float32</param>
/// <param name="SampledIds">The generator's samples. (batch, slots) int64</param>
/// <param name="ReplacedInputIds">What the discriminator read. (batch, seq) int64</param>
/// <param name="IsReplaced">The truth: false where a sample equals the original. (batch, seq) bool</param>
/// <param name="DiscriminatorLogits">Above 0 = replaced; no gradient. (batch, seq) float32</param>
public sealed record PretrainingOutput(
    Tensor Loss,
    Tensor MaskedLMLoss,
    MaskedBatch Batch,
    Tensor? LogProbabilities,
    Tensor? DiscriminatorLoss = null,
    Tensor? SampledIds = null,
    Tensor? ReplacedInputIds = null,
    Tensor? IsReplaced = null,
    Tensor? DiscriminatorLogits = null);
