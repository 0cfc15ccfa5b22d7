using System.Diagnostics;
using Electra.Benchmarks.Machine;
using Electra.Checkpoints;
using Electra.Modeling;

namespace Electra.Benchmarks.Loading;

/// <summary>Loads a folder in this process, which has loaded nothing before.</summary>
internal static class LoadedOnce
{
    /// <summary>The cells of a table: times, and what the first load added to memory.</summary>
    public static string Measure(string folder, int loads)
    {
        using (var warm = new ElectraForPreTraining(Configuration.ElectraConfig.Tiny)) // libtorch itself
        using (var first = new Workloads.TemporaryFolder())
        {
            warm.SavePretrained(first.FullPath);
            ElectraForPreTraining.FromPretrained(first.FullPath).Dispose();
        }

        PeakMemory.Reset();
        long before = PeakMemory.ResidentBytes();
        double weights, added;
        using (ElectraForPreTraining model = Load(folder))
        {
            weights = sizeof(float) * model.parameters().Sum(parameter => parameter.numel());
            added = PeakMemory.Bytes() - before;
        }

        double[] times = [.. Enumerable.Range(0, loads).Select(_ => Milliseconds(() => Load(folder).Dispose())).Order()];
        return FormattableString.Invariant($"{times[0]:F0} ({times[times.Length / 2]:F0}) | {100 * added / weights:F0}");
    }

    private static ElectraForPreTraining Load(string folder)
    {
        if (!Directory.EnumerateFiles(folder, "*.index").Any()) return ElectraForPreTraining.FromPretrained(folder);
        using GoogleCheckpoint checkpoint = GoogleCheckpoint.Open(folder);
        return checkpoint.LoadDiscriminator();
    }

    /// <summary>How long something takes.</summary>
    public static double Milliseconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
