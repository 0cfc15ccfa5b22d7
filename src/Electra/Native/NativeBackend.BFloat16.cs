using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace Electra.Native;

public static partial class NativeBackend
{
    private const int IntelVendor = 0x756e6547; // "Genu", how GenuineIntel begins

    // What oneDNN may be told to keep to in the environment, if that leaves bfloat16, or its tiles, out.
    private static readonly string[] IsasWithoutBFloat16 = ["SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI"];
    private static readonly string[] IsasWithoutTiles = ["AVX512_CORE_BF16", "AVX512_CORE_FP16", "AVX10_1_512"];

    private static string? Limit =>
        (Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") ?? Environment.GetEnvironmentVariable("DNNL_MAX_CPU_ISA"))?.ToUpperInvariant();

    /// <summary>
    /// Whether products of bfloat16 matrices are faster than those of float32 on a device: on CUDA, on x86 processors with AMX, and on AMD's with
    /// AVX512_BF16. Intel's without AMX, which a virtual machine may hide, run that instruction at half the rate of float32's.
    /// </summary>
    /// <param name="device">The device.</param>
    public static bool MultipliesBFloat16Fast(torch.Device device) =>
        device.type == DeviceType.CUDA
        || (HasBFloat16Products(device) && IsFast(isIntel: X86Base.CpuId(0, 0).Ebx == IntelVendor, hasTiles: (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0, Limit));

    /// <summary>
    /// Whether a device has an instruction for products of bfloat16: CUDA, and x86 processors with AVX512_BF16. On others libtorch takes several times as
    /// long as for float32, without AVX-512 dozens of times.
    /// </summary>
    /// <param name="device">The device.</param>
    public static bool HasBFloat16Products(torch.Device device) =>
        device.type == DeviceType.CUDA || (device.type == DeviceType.CPU && !IsasWithoutBFloat16.Contains(Limit) && HasInstruction());

    /// <summary>Whether a processor with AVX512_BF16 multiplies bfloat16 faster than float32.</summary>
    /// <param name="isIntel">Who made it.</param>
    /// <param name="hasTiles">Whether it has AMX_BF16.</param>
    /// <param name="limit">What oneDNN may use of it; null: all.</param>
    internal static bool IsFast(bool isIntel, bool hasTiles, string? limit) => !isIntel || (hasTiles && !IsasWithoutTiles.Contains(limit));

    // AVX512_BF16: leaf 7, sub-leaf 1, bit 5 of EAX.
    private static bool HasInstruction() =>
        X86Base.IsSupported && Avx512F.IsSupported && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
}
