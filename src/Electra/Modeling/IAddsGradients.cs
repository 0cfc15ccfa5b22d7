namespace Electra.Modeling;

/// <summary>A module with a fused backward pass that can add to the gradients of its parameters itself.</summary>
internal interface IAddsGradients
{
    /// <summary>
    /// Whether the backward pass adds to the gradient tensors that the parameters have at this moment, which saves autograd a pass over memory,
    /// or hands gradients to autograd as any module does. The first is for a training loop that lays gradients out once and for all and asks
    /// for no others; it switches back when it is done.
    /// </summary>
    void AddToGradientsInPlace(bool inPlace);
}
