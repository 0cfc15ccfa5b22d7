using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Electra.Native;

/// <summary>
/// oneDNN's products of float32 matrices. libtorch has MKL make those, which keeps to AVX2 on AMD's processors, and oneDNN, which does not and is ahead
/// with AVX2 too, those of bfloat16 alone. Two ways lead to it; docs/performance.md has what they give.
/// </summary>
internal static unsafe class OneDnn
{
    private const string MatmulSymbol = "_ZN2at6native13mkldnn_matmulERKNS_6TensorES3_S3_ff"; // (const Tensor&, const Tensor&, const Tensor&, float, float)
    private static readonly delegate* unmanaged<nint, nint, nint, float, float, void> Matmul = FindMatmul();

    /// <summary>
    /// Whether <see cref="Multiply"/> can be called. No operator leads float32 to <c>at::native::mkldnn_matmul</c> (ATen/native/mkldnn/Matmul.h), so it is
    /// called as the C++ that it is: of the libtorch that it was seen in, and where it is sure not to throw.
    /// </summary>
    public static bool Multiplies => Matmul != null;

    /// <summary>Whether <see cref="Linear"/> is the faster way for float32: where libtorch has it and <see cref="Multiplies"/> is false.</summary>
    public static bool MakesLinear { get; } = !Multiplies && HasLinear();

    /// <summary><c>into = left right</c>, of matrices or of a batch of them; none of them empty, all float32 on a CPU.</summary>
    /// <param name="left">An <c>at::Tensor*</c>: contiguous, or so when its last two dimensions are swapped.</param>
    /// <param name="right">As <paramref name="left"/>.</param>
    /// <param name="into">Contiguous.</param>
    public static void Multiply(nint left, nint right, nint into) => Matmul(left, right, into, 0, 1);

    /// <summary><c>input weightᵀ</c> in memory of its own, as a tensor that no dispose scope frees.</summary>
    /// <param name="input">float32 (rows, inputs), contiguous, on a CPU.</param>
    /// <param name="weight">float32 (outputs, inputs), contiguous.</param>
    public static Tensor Linear(Tensor input, Tensor weight)
    {
        fixed (byte* nothingAfterwards = "none"u8)
        {
            int code = StableAbi.LinearPointwise(input.Handle, weight.Handle, null, nothingAfterwards, null, 0, null, out nint result);
            Aten.Check(code, nameof(StableAbi.LinearPointwise));
            return Aten.Result((ulong)result).DetachFromDisposeScope();
        }
    }

    private static delegate* unmanaged<nint, nint, nint, float, float, void> FindMatmul()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux()) return null;
        if (StableAbi.AbiVersion() >> 48 != StableAbi.Version >> 48 || !MatmulTakesFloat32()) return null;
        return NativeLibrary.TryGetExport(NativeBackend.Libtorch, MatmulSymbol, out nint address)
            ? (delegate* unmanaged<nint, nint, nint, float, float, void>)address
            : null;
    }

    /// <summary>It throws for float32 too where oneDNN can't do bfloat16: without AVX-512, or told by the environment to do without.</summary>
    private static bool MatmulTakesFloat32()
    {
        Span<ulong> stack = [0];
        Aten.Call("mkldnn::_is_mkldnn_bf16_supported"u8, default, stack);
        return (byte)stack[0] != 0;
    }

    private static bool HasLinear() =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64
        && NativeLibrary.TryGetExport(NativeBackend.Libtorch, "aoti_torch_cpu__linear_pointwise", out _);
}
