using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace Electra.Native;

/// <summary>
/// Calls any ATen operator by name over libtorch's stable C ABI, with neither a C++ shim nor TorchScript; for the operators that
/// TorchSharp does not bind. Arguments go on a stack of 64-bit slots in schema order, defaults included; results come back on it.
/// </summary>
internal static unsafe class Aten
{
    /// <summary>Calls <c>aten::name.overload</c>; arguments in <paramref name="stack"/> are consumed and results replace them.</summary>
    /// <param name="operation">For example <c>"aten::mm"u8</c>.</param>
    /// <param name="overload">The overload's name, zero-terminated (a <c>u8</c> literal is); empty for none.</param>
    /// <param name="stack">As many slots as the larger of arguments and results.</param>
    /// <exception cref="InvalidOperationException">libtorch does not know the operator or refuses the arguments.</exception>
    public static void Call(ReadOnlySpan<byte> operation, ReadOnlySpan<byte> overload, Span<ulong> stack)
    {
        byte none = 0;
        fixed (byte* name = operation, given = overload)
        fixed (ulong* slots = stack)
        {
            if (StableAbi.CallDispatcher(name, overload.IsEmpty ? &none : given, slots, StableAbi.Version) != 0)
            {
                throw new InvalidOperationException(
                    $"libtorch refused {Encoding.UTF8.GetString(operation)} {Encoding.UTF8.GetString(overload)}; its reason is on standard error.");
            }
        }
    }

    /// <summary>A tensor argument; the call consumes this reference, the caller's tensor stays its own.</summary>
    public static ulong Argument(Tensor tensor)
    {
        Check(StableAbi.NewTensorHandle(tensor.Handle, out nint handle), nameof(StableAbi.NewTensorHandle));
        return (ulong)handle;
    }

    /// <summary>A floating-point argument.</summary>
    public static ulong Argument(double value) => BitConverter.DoubleToUInt64Bits(value);

    /// <summary>A list of tensors.</summary>
    public static ulong Argument(ReadOnlySpan<Tensor> tensors)
    {
        Check(StableAbi.NewList((nuint)tensors.Length, out nint list), nameof(StableAbi.NewList));
        foreach (Tensor tensor in tensors) Check(StableAbi.PushBack(list, Argument(tensor)), nameof(StableAbi.PushBack));
        return (ulong)list;
    }

    /// <summary>An optional argument that is absent.</summary>
    public const ulong None = 0;

    /// <summary>An optional argument that is present: a slot of its own, which libtorch frees.</summary>
    public static ulong Optional(ulong argument)
    {
        ulong* slot = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *slot = argument;
        return (ulong)slot;
    }

    /// <summary>Lets go of a tensor that a call returned and nobody wants.</summary>
    internal static void Release(ulong slot) => Check(StableAbi.DeleteTensor((nint)slot), nameof(StableAbi.DeleteTensor));

    /// <summary>Wraps a tensor that a call returned.</summary>
    public static Tensor Result(ulong slot) => Tensor.UnsafeCreateTensor((nint)slot);

    /// <summary>
    /// One AdamW step over lists of tensors (<c>aten::_fused_adamw_</c>), in place: decoupled decay, bias-corrected moments,
    /// <c>parameter -= rate * m̂ / (sqrt(v̂) + eps)</c>. No host synchronisation.
    /// </summary>
    /// <param name="parameters">float32, any shape.</param>
    /// <param name="gradients">As <paramref name="parameters"/>; divided by <paramref name="gradientScale"/> in place when given.</param>
    /// <param name="firstMoments">As <paramref name="parameters"/>.</param>
    /// <param name="secondMoments">As <paramref name="parameters"/>.</param>
    /// <param name="steps">float32 scalars, the number of this update, from 1.</param>
    /// <param name="learningRate">The rate of this update.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="weightDecay">Decoupled decay, multiplied by the rate.</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    /// <param name="gradientScale">float32 scalar that gradients are divided by; null for 1.</param>
    /// <param name="skipped">float32 scalar: where it is 1, nothing is touched; null for 0.</param>
    public static void FusedAdamW(
        ReadOnlySpan<Tensor> parameters,
        ReadOnlySpan<Tensor> gradients,
        ReadOnlySpan<Tensor> firstMoments,
        ReadOnlySpan<Tensor> secondMoments,
        ReadOnlySpan<Tensor> steps,
        double learningRate,
        double beta1,
        double beta2,
        double weightDecay,
        double epsilon,
        Tensor? gradientScale = null,
        Tensor? skipped = null)
    {
        Span<ulong> stack =
        [
            Argument(parameters), Argument(gradients), Argument(firstMoments), Argument(secondMoments),
            Argument(ReadOnlySpan<Tensor>.Empty), // max_exp_avg_sqs: no AMSGrad
            Argument(steps),
            Argument(learningRate), Argument(beta1), Argument(beta2), Argument(weightDecay), Argument(epsilon),
            0, 0, // amsgrad, maximize
            gradientScale is null ? None : Optional(Argument(gradientScale)),
            skipped is null ? None : Optional(Argument(skipped)), // found_inf
        ];
        Call("aten::_fused_adamw_"u8, default, stack);
    }

    /// <summary>Writes one tensor or the other (<c>aten::where.self_out</c>).</summary>
    /// <param name="condition">() bool</param>
    /// <param name="first">Where it holds.</param>
    /// <param name="second">Where it does not; of the same type and shape.</param>
    /// <param name="result">Where to; may be one of the two.</param>
    public static void Where(Tensor condition, Tensor first, Tensor second, Tensor result)
    {
        Span<ulong> stack = [Argument(condition), Argument(first), Argument(second), Argument(result)];
        Call("aten::where"u8, "self_out"u8, stack);
        Release(stack[0]);
    }

    /// <summary>The address of a tensor's first element, on its device. The tensor must outlive its use.</summary>
    internal static nint DataPointer(Tensor tensor)
    {
        Check(StableAbi.DataPointer(tensor.Handle, out nint data), nameof(StableAbi.DataPointer));
        return data;
    }

    /// <summary>How often a tensor was written to, through itself or a view of it.</summary>
    internal static long Version(Tensor tensor)
    {
        Span<ulong> stack = [Argument(tensor)];
        Call("aten::_version"u8, default, stack);
        return (long)stack[0];
    }

    /// <summary>How many threads libtorch uses within an operator.</summary>
    internal static int ThreadCount
    {
        get
        {
            Check(StableAbi.ThreadCount(out uint count), nameof(StableAbi.ThreadCount));
            return (int)count;
        }
    }

    /// <summary>Switches autograd on or off for this thread and tells what it was.</summary>
    internal static bool SetGradMode(bool enabled)
    {
        bool before = StableAbi.IsGradModeEnabled() != 0;
        StableAbi.SetGradMode(enabled ? (byte)1 : (byte)0);
        return before;
    }

    /// <summary>Runs <paramref name="body"/> over chunks of [0, <paramref name="end"/>) on libtorch's own threads.</summary>
    internal static void ParallelFor(long end, delegate*<void*, long, long, void> body, void* context, long grain = 1) =>
        ParallelRegion.Run(end, body, context, grain);

    internal static void Check(int code, string function)
    {
        if (code != 0) throw new InvalidOperationException($"libtorch's {function} failed; its reason is on standard error.");
    }
}
