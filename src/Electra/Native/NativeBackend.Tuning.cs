using System.Runtime.InteropServices;
using TorchSharp;

namespace Electra.Native;

public static partial class NativeBackend
{
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD

    /// <summary>
    /// Sets what a training program wants for its whole process: glibc keeps large freed buffers instead of returning them to the
    /// kernel (a fresh 48 MB buffer costs ten times the addition that fills it), libtorch uses <paramref name="threads"/> threads, and float32
    /// matrix products on CUDA, where there is a device, take TF32: ten bits of mantissa in the factors, float32 sums, several times the rate.
    /// Call once at the start of a program; a library should not.
    /// </summary>
    /// <param name="threads">Intra-operator threads; default: the processors this process may use.</param>
    public static void TuneProcess(int? threads = null)
    {
        EnsureAvailable();
        if (OperatingSystem.IsLinux())
        {
            _ = SetAllocatorOption(MmapThreshold, 1 << 30);
            _ = SetAllocatorOption(TrimThreshold, int.MaxValue);
        }

        torch.set_num_threads(threads ?? Environment.ProcessorCount);
        if (torch.cuda_is_available()) torch.backends.cuda.matmul.allow_tf32 = true;
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int SetAllocatorOption(int option, int value);
}
