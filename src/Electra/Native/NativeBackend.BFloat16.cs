using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace Electra.Native;

public static partial class NativeBackend
{
    // What oneDNN may be told to keep to in the environment, if that leaves bfloat16 out.
    private static readonly string[] IsasWithoutBFloat16 = ["SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI"];

    /// <summary>
    /// Whether products of bfloat16 matrices are faster than those of float32 on a device: on CUDA, and on x86 processors with AVX512_BF16 (which all
    /// with AMX have). On others libtorch takes several times as long as for float32, without AVX-512 dozens of times.
    /// </summary>
    /// <param name="device">The device.</param>
    public static bool MultipliesBFloat16Fast(torch.Device device) =>
        device.type == DeviceType.CUDA || (device.type == DeviceType.CPU && ProcessorMultipliesBFloat16());

    // AVX512_BF16: leaf 7, sub-leaf 1, bit 5 of EAX.
    private static bool ProcessorMultipliesBFloat16()
    {
        string? limit = Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") ?? Environment.GetEnvironmentVariable("DNNL_MAX_CPU_ISA");
        return !IsasWithoutBFloat16.Contains(limit?.ToUpperInvariant())
            && X86Base.IsSupported && Avx512F.IsSupported && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
    }
}
