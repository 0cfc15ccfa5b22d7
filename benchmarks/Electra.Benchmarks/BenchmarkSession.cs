using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Machine;
using Electra.Benchmarks.Measurements;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Yardstick;

namespace Electra.Benchmarks;

/// <summary>Runs benchmarks one after the other, each between two looks at the yardstick, and judges them.</summary>
internal static class BenchmarkSession
{
    /// <summary>Gives each result as soon as it is there.</summary>
    public static IEnumerable<JudgedResult> Run(BenchmarkSettings settings, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            BenchmarkKind kind = BenchmarkKind.All.First(candidate => candidate.Name == name);
            var load = new CpuLoad();
            GemmYardstick before = GemmYardstick.Measure(settings.Dtype, settings.Device);
            BenchmarkResult result = kind.Run(settings);
            GemmYardstick after = GemmYardstick.Measure(settings.Dtype, settings.Device);
            result = WithUtilisation(result, before, after);
            double? others = load.OfOthers();
            yield return new JudgedResult(result, before, after, others, Verdict.On(result, before, after, others));
        }
    }

    // Against the better of both yardsticks: a disturbed one must not flatter.
    private static BenchmarkResult WithUtilisation(BenchmarkResult result, GemmYardstick before, GemmYardstick after)
    {
        if (result.FlopsPerSecond is not double reached) return result;
        double rate = Math.Max(before.Rate.Median, after.Rate.Median);
        return result.With(new FigureGroup(
            "utilisation",
            [
                new("model_flops_reached", reached / 1e9, "GFLOP/s"),
                new("yardstick", rate / 1e9, "GFLOP/s"),
                new("model_flop_utilisation", 100 * reached / rate, "%"),
            ]));
    }
}
