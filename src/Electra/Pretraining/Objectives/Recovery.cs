using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>What a network of full size says of the words that were masked, reading the generator's in their place.</summary>
/// <param name="Loss">As trained, summed over what it is trained on. () float32</param>
/// <param name="Losses">The negative log-likelihood at each slot, 0 where it is unused; no gradient. (batch, slots) float32</param>
/// <param name="Hits">1 where the likeliest word is the original, 0 elsewhere and at unused slots. (batch, slots) float32</param>
internal sealed record Recovery(Tensor Loss, Tensor Losses, Tensor Hits)
{
    /// <summary>Hands all tensors to the dispose scope around the current one.</summary>
    public Recovery MoveToOuterDisposeScope()
    {
        foreach (Tensor tensor in (Tensor[])[Loss, Losses, Hits]) tensor.MoveToOuterDisposeScope();
        return this;
    }
}
