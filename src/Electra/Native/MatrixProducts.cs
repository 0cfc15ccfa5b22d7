using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Native;

/// <summary>
/// Matrix products into contiguous buffers that exist already, without a gradient and without an object on the managed heap: libtorch's, or of float32
/// oneDNN's where those are to be had. Matrices are contiguous and of one dtype; an <c>Of</c> after <c>Transposed</c> names the side whose last two dimensions are swapped.
/// </summary>
internal static class MatrixProducts
{
    /// <summary><c>into = left right</c></summary>
    public static void Multiply(Tensor left, Tensor right, Tensor into) =>
        Run("aten::mm"u8, left, false, right, false, into);

    /// <summary><c>into = left rightᵀ</c></summary>
    public static void MultiplyByTransposed(Tensor left, Tensor right, Tensor into) =>
        Run("aten::mm"u8, left, false, right, true, into);

    /// <summary><c>into = leftᵀ right</c></summary>
    public static void MultiplyTransposed(Tensor left, Tensor right, Tensor into) =>
        Run("aten::mm"u8, left, true, right, false, into);

    /// <summary><c>into = left right</c> for each of a batch.</summary>
    public static void MultiplyEach(Tensor left, Tensor right, Tensor into) =>
        Run("aten::bmm"u8, left, false, right, false, into);

    /// <summary><c>into = left rightᵀ</c> for each of a batch.</summary>
    public static void MultiplyEachByTransposed(Tensor left, Tensor right, Tensor into) =>
        Run("aten::bmm"u8, left, false, right, true, into);

    /// <summary><c>into = leftᵀ right</c> for each of a batch.</summary>
    public static void MultiplyEachTransposed(Tensor left, Tensor right, Tensor into) =>
        Run("aten::bmm"u8, left, true, right, false, into);

    /// <summary><c>into = from</c>, converted to the dtype of <paramref name="into"/>.</summary>
    public static void Copy(Tensor from, Tensor into)
    {
        Span<ulong> stack = [Aten.Argument(into), Aten.Argument(from), 0 /* non_blocking */];
        Aten.Call("aten::copy_"u8, default, stack);
        Aten.Release(stack[0]);
    }

    private static void Run(ReadOnlySpan<byte> operation, Tensor left, bool leftTransposed, Tensor right, bool rightTransposed, Tensor into)
    {
        Span<ulong> stack = [leftTransposed ? Transposed(left) : Aten.Argument(left), rightTransposed ? Transposed(right) : Aten.Argument(right), 0];
        if (OneDnn.Multiplies && into.dtype == ScalarType.Float32 && into.device_type == DeviceType.CPU && left.numel() > 0 && right.numel() > 0)
        {
            OneDnn.Multiply((nint)stack[0], (nint)stack[1], into.Handle);
            Aten.Release(stack[0]);
            Aten.Release(stack[1]);
            return;
        }

        stack[2] = Aten.Argument(into);
        Aten.Call(operation, "out"u8, stack);
        Aten.Release(stack[0]);
    }

    private static ulong Transposed(Tensor tensor)
    {
        Span<ulong> stack = [Aten.Argument(tensor), unchecked((ulong)-2L), unchecked((ulong)-1L)];
        Aten.Call("aten::transpose"u8, "int"u8, stack);
        return stack[0];
    }
}
