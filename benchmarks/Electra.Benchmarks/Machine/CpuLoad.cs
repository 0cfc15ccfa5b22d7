using System.Diagnostics;
using System.Globalization;

namespace Electra.Benchmarks.Machine;

/// <summary>
/// How busy the processors are that this process may use, from <c>/proc/stat</c>: taken at the start of something and asked at its
/// end. Elsewhere than on Linux it knows nothing.
/// </summary>
internal sealed class CpuLoad
{
    private const int IdleField = 3;
    private const int IoWaitField = 4;
    private const int CountedFields = 8; // user nice system idle iowait irq softirq steal; guest time is part of user

    private readonly (double Busy, double Total, int Processors) _start = Read();
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>
    /// The share of all these processors' time that other processes (or other guests of the host) took since the start, 0 to 1; null when
    /// it cannot be known.
    /// </summary>
    public double? OfOthers()
    {
        (double busy, double total, int processors) = Read();
        if (total <= _start.Total) return null;
        double all = (busy - _start.Busy) / (total - _start.Total);
        double wall = Stopwatch.GetElapsedTime(_started).TotalSeconds * processors;
        return Math.Max(0, all - ((Environment.CpuUsage.TotalTime - _own).TotalSeconds / wall));
    }

    private static (double Busy, double Total, int Processors) Read()
    {
        if (!OperatingSystem.IsLinux()) return default;
        HashSet<int> allowed = AllowedProcessors();
        double busy = 0, total = 0;
        int processors = 0;
        foreach (string line in File.ReadLines("/proc/stat"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0 || !fields[0].StartsWith("cpu", StringComparison.Ordinal)) continue;
            if (!int.TryParse(fields[0].AsSpan(3), CultureInfo.InvariantCulture, out int processor)) continue; // the sum of all
            if (!allowed.Contains(processor)) continue;
            double[] ticks = [.. fields.Skip(1).Take(CountedFields).Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
            processors++;
            total += ticks.Sum();
            busy += ticks.Sum() - ticks[IdleField] - ticks[IoWaitField];
        }

        return (busy, total, processors);
    }

    // "Cpus_allowed_list:	0-3,8"
    private static HashSet<int> AllowedProcessors()
    {
        string list = ProcessStatus.Find("Cpus_allowed_list") ?? "";
        HashSet<int> processors = [];
        foreach (string range in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
            for (int processor = ends[0]; processor <= ends[^1]; processor++) processors.Add(processor);
        }

        return processors;
    }
}
