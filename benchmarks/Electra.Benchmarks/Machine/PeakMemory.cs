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
        // "VmHWM:	  123456 kB"
        if (ProcessStatus.Find("VmHWM") is string peak) return long.Parse(peak.Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
