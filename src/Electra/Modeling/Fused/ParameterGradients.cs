using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Where fused backward passes add the gradient of a parameter: null for a frozen one, which gets none.</summary>
internal static class ParameterGradients
{
    /// <summary>The tensor that the parameter has as its gradient at this moment; the caller disposes of it.</summary>
    public static Tensor? Kept(Tensor parameter) => parameter.requires_grad ? parameter.grad!.DetachFromDisposeScope() : null;

    /// <summary>Disposes of what <see cref="Kept"/> gave, where there is any.</summary>
    public static void Free(IEnumerable<Tensor?>? kept)
    {
        foreach (Tensor? gradient in kept ?? []) gradient?.Dispose();
    }

    /// <summary>A new one, to hand to autograd.</summary>
    public static Tensor? Fresh(Tensor parameter) => parameter.requires_grad ? zeros_like(parameter) : null;

    /// <summary>
    /// What autograd must be told of to come back to a node that adds to kept gradients itself: nothing when it comes on account of
    /// <paramref name="input"/>, else one parameter that stands for all. None where all are frozen: it need not come back.
    /// </summary>
    public static Tensor[] StandIn(Tensor? input, IEnumerable<Tensor> parameters) =>
        input?.requires_grad == true ? [] : [.. parameters.Where(parameter => parameter.requires_grad).Take(1)];
}
