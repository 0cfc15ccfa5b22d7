using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>What one forward pass of <see cref="ElectraObjective"/> gives. Only <paramref name="Loss"/> has a gradient.</summary>
/// <param name="Loss">The weighted sum to run backward from. () float32</param>
/// <param name="MaskedLMLoss">As trained: summed over all slots in use, divided by the global count. () float32</param>
/// <param name="Generation">What the generator made of the batch, its samples among it.</param>
/// <param name="DiscriminatorLoss">As trained: over all tokens that are no padding, divided by the global count. () float32</param>
/// <param name="ReplacedInputIds">What the discriminator read. (batch, seq) int64</param>
/// <param name="IsReplaced">The truth: false where a sample equals the original. (batch, seq) bool</param>
/// <param name="DiscriminatorLogits">Above 0 = replaced. (batch, seq) float32</param>
/// <param name="DetectionLosses">The discriminator's loss at each token, 0 at padding. (batch, seq) float32</param>
internal sealed record ElectraOutput(
    Tensor Loss,
    Tensor MaskedLMLoss,
    Generation Generation,
    Tensor DiscriminatorLoss,
    Tensor ReplacedInputIds,
    Tensor IsReplaced,
    Tensor DiscriminatorLogits,
    Tensor DetectionLosses)
{
    /// <summary>Hands all tensors but the generator's to the dispose scope around the current one.</summary>
    public ElectraOutput MoveToOuterDisposeScope()
    {
        foreach (Tensor tensor in (Tensor[])[Loss, MaskedLMLoss, DiscriminatorLoss, ReplacedInputIds, IsReplaced, DiscriminatorLogits, DetectionLosses])
            tensor.MoveToOuterDisposeScope();
        return this;
    }
}
