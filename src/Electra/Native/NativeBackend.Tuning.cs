using System.Runtime.InteropServices;
using TorchSharp;

namespace Electra.Native;

public static partial class NativeBackend
{
    // 25 microseconds, which spans most gaps between two parallel regions. See docs/performance.md: twice that costs a step beside other programs a
    // tenth, half of it a step alone.
    private const int SpinCount = 1000;

    private const string SpinVariable = "GOMP_SPINCOUNT";
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD
    private const int LargestOfOldGlibc = 32 << 20;

    /// <summary>
    /// Sets what a training program wants for its whole process. Threads of libtorch's that wait look for work a thousand times and then sleep,
    /// instead of after milliseconds, in which they would take a core from whatever else runs. glibc keeps large freed buffers instead of
    /// returning them to the kernel (a fresh 48 MB buffer costs ten times the addition that fills it). libtorch uses <paramref name="threads"/>
    /// threads. float32 matrix products on CUDA, where there is a device, take TF32: ten bits of mantissa in the factors, float32 sums, several
    /// times the rate. Call once at the start of a program, before anything of TorchSharp's; a library should not.
    /// </summary>
    /// <param name="threads">Intra-operator threads; default: the processors this process may use.</param>
    /// <returns>What was set, and what could not be.</returns>
    public static ProcessTuning TuneProcess(int? threads = null)
    {
        List<string> problems = [];
        int? spins = OperatingSystem.IsLinux() ? LimitSpinning(problems) : null; // libgomp reads its environment once, when libtorch brings it
        EnsureAvailable();
        bool keepsMemory = OperatingSystem.IsLinux() && KeepFreedMemory(problems);
        torch.set_num_threads(threads ?? Environment.ProcessorCount);
        bool hasCuda = torch.cuda_is_available();
        if (hasCuda) torch.backends.cuda.matmul.allow_tf32 = true;
        return new ProcessTuning
        {
            Threads = torch.get_num_threads(),
            SpinCount = spins,
            KeepsFreedMemory = keepsMemory,
            UsesTensorFloat32 = hasCuda,
            Problems = problems,
        };
    }

    private static int? LimitSpinning(List<string> problems)
    {
        // What the user asked for stays, also if it was set within this process, of which libgomp would not hear.
        bool isAsked = false;
        foreach (string variable in (string[])[SpinVariable, "OMP_WAIT_POLICY"])
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } asked) continue;
            isAsked = true;
            _ = NativeEnvironment.Set(variable, asked);
        }

        if (isAsked) return null;
        if (File.ReadLines("/proc/self/maps").Any(line => line.Contains("/libtorch_cpu.so", StringComparison.Ordinal)))
        {
            problems.Add("libtorch was loaded before, so its threads go on spinning for milliseconds while they wait, which slows everything down when "
                + $"other programs run: call TuneProcess before anything of TorchSharp's, or set {SpinVariable}={SpinCount} in the environment.");
            return null;
        }

        return NativeEnvironment.Set(SpinVariable, $"{SpinCount}") ? SpinCount : null;
    }

    private static bool KeepFreedMemory(List<string> problems)
    {
        try
        {
            bool largest = SetAllocatorOption(MmapThreshold, 1 << 30) != 0;
            bool keeps = (largest || SetAllocatorOption(MmapThreshold, LargestOfOldGlibc) != 0) && SetAllocatorOption(TrimThreshold, int.MaxValue) != 0;
            if (keeps && largest) return true;
            problems.Add(keeps
                ? "glibc keeps freed buffers up to 32 MiB only, as its older versions do; larger ones are mapped anew each time."
                : "glibc refused to keep freed buffers (mallopt), so large ones are mapped anew each time.");
            return keeps;
        }
        catch (EntryPointNotFoundException)
        {
            problems.Add("The C library is not glibc (it has no mallopt), so how it keeps freed buffers was not changed.");
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int SetAllocatorOption(int option, int value);
}
