using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>
/// A node between two composed layers that changes nothing, and tells when the backward pass comes down to it: then the gradients of all parameters above it, casts
/// of them included, have been added up, for libtorch goes back through what was made last first, and adds to a leaf as soon as it can.
/// </summary>
internal sealed class LayerNotice : CustomNode<LayerNotice>
{
    private const string TellKey = "tell";

    // The gradient that libtorch was given by this thread's last call, which it holds itself since that returned.
    [ThreadStatic]
    private static Tensor? handedOver;

    /// <summary>Puts one below a layer.</summary>
    /// <param name="hidden">What the layer is given.</param>
    /// <param name="tell">What is to be called.</param>
    /// <returns>The same values.</returns>
    public static Tensor Below(Tensor hidden, Action tell) => apply([hidden, tell]);

    /// <inheritdoc/>
    protected override Tensor Forward(AutogradContext ctx, object[] vars)
    {
        ctx.save_data(TellKey, vars[1]);
        return ((Tensor)vars[0]).detach();
    }

    /// <inheritdoc/>
    protected override List<Tensor> Backward(AutogradContext ctx, Tensor grad_output)
    {
        ((Action)ctx.get_data(TellKey))();
        handedOver?.Dispose();
        handedOver = grad_output.DetachFromDisposeScope();
        return [grad_output, null!];
    }
}
