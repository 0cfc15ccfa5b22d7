using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Chooses the element type of a run's activations.</summary>
internal static class ComputePrecision
{
    /// <summary>The type that a precision means on a device.</summary>
    public static ScalarType Resolve(PretrainingPrecision precision, Device device) => precision switch
    {
        PretrainingPrecision.Float32 => ScalarType.Float32,
        PretrainingPrecision.BFloat16 => ScalarType.BFloat16,
        _ => device.type == DeviceType.CUDA || (device.type == DeviceType.CPU && CpuMultipliesBFloat16())
            ? ScalarType.BFloat16
            : ScalarType.Float32,
    };

    // AVX512_BF16: leaf 7, sub-leaf 1, bit 5 of EAX. Without it libtorch's bfloat16 products are slower than float32's.
    private static bool CpuMultipliesBFloat16() =>
        X86Base.IsSupported && Avx512F.IsSupported && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
}
