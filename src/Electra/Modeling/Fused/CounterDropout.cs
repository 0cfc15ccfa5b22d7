using Electra.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>Dropout on a CPU whose mask is a function of a seed and the place, the same for every thread count; nothing is stored.</summary>
internal sealed class CounterDropout : CustomNode<CounterDropout>
{
    private const string MaskKey = "mask";

    /// <summary>Dropout of <paramref name="x"/>, any shape, float32 or bfloat16.</summary>
    public static Tensor Run(Tensor x, double probability, ulong seed) => apply(x, new DropoutMask(seed, probability));

    /// <inheritdoc/>
    protected override Tensor Forward(AutogradContext ctx, object[] vars)
    {
        var mask = (DropoutMask)vars[1];
        ctx.save_data(MaskKey, mask);
        return Apply((Tensor)vars[0], mask);
    }

    /// <inheritdoc/>
    protected override List<Tensor> Backward(AutogradContext ctx, Tensor grad_output) =>
        [Apply(grad_output, (DropoutMask)ctx.get_data(MaskKey)), null!];

    private static unsafe Tensor Apply(Tensor x, DropoutMask mask)
    {
        using Tensor input = x.contiguous();
        Tensor output = empty_like(input);
        int width = (int)(x.dim() == 0 ? 1 : x.shape[^1]);
        ElementwiseDropout.Arguments arguments = new()
        {
            Rows = x.numel() / Math.Max(1, width),
            Width = width,
            Mask = mask,
            Input = (void*)Aten.DataPointer(input),
            Output = (void*)Aten.DataPointer(output),
        };
        if (x.dtype == ScalarType.BFloat16) ElementwiseDropout.Run<BFloat16Element>(ref arguments);
        else ElementwiseDropout.Run<Float32Element>(ref arguments);
        return output;
    }
}
