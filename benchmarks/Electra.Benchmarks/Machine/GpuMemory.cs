using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Machine;

/// <summary>
/// The memory of a GPU that is taken, by whomever. libtorch's allocator keeps what it once took, so what is taken after some steps
/// is their peak.
/// </summary>
internal static class GpuMemory
{
    /// <summary>Bytes taken; null when the device is no GPU.</summary>
    public static long? UsedBytes(Device device)
    {
        if (device.type != DeviceType.CUDA) return null;
        using Tensor current = zeros(1, device: device); // makes the device's context the thread's
        return GetMemoryInfo(out nuint free, out nuint total) == 0 ? (long)(total - free) : null;
    }

    [DllImport("cuda", EntryPoint = "cuMemGetInfo_v2")]
    private static extern int GetMemoryInfo(out nuint free, out nuint total);

    static GpuMemory() => NativeLibrary.SetDllImportResolver(
        typeof(GpuMemory).Assembly,
        static (name, _, _) => name == "cuda" ? NativeLibrary.Load(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1") : 0);
}
