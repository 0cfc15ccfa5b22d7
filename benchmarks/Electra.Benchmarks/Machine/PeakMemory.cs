using System.Diagnostics;
using System.Globalization;

namespace Electra.Benchmarks.Machine;

/// <summary>The largest resident set of this process.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets the peak so far, where the system can (Linux); elsewhere the peak is that of the whole process.</summary>
    public static void Reset()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5"); // resets VmHWM
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Some containers forbid it: the peak then includes what ran before, which overstates it.
        }
    }

    /// <summary>The peak in bytes since the last reset.</summary>
    public static long Bytes()
    {
        if (Field("VmHWM") is long peak) return peak;
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    /// <summary>What is resident now, in bytes.</summary>
    public static long ResidentBytes() => Field("VmRSS") ?? Environment.WorkingSet;

    // "VmHWM:	  123456 kB"
    private static long? Field(string name) =>
        ProcessStatus.Find(name) is string value ? long.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture) * 1024 : null;
}
