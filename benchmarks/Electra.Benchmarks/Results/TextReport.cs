using System.Globalization;
using System.Text;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Machine;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Yardstick;

namespace Electra.Benchmarks.Results;

/// <summary>Results for people.</summary>
internal static class TextReport
{
    /// <summary>What holds for the whole run.</summary>
    public static string Heading(BenchmarkSettings settings, MachineInfo machine) =>
        $"""
        {settings.Summary}
        {machine.Processor}, {machine.Threads} thread(s) on {machine.Processors} processor(s), {machine.Device}
        libtorch {machine.Libtorch}, {machine.Runtime}, {machine.System}
        {ModelFlops.Rule}
        """;

    /// <summary>One benchmark.</summary>
    public static string Write(JudgedResult judged)
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine(Invariant($"== {judged.Result.Name}: {judged.Result.Workload}"));
        AddYardstick(text, "before", judged.Before);
        AddYardstick(text, "after", judged.After);
        if (judged.OthersLoad is double load) text.AppendLine(Invariant($"  other processes took {load:P1} of the processors"));
        foreach (FigureGroup group in judged.Result.Groups)
        {
            text.AppendLine(Invariant($"  {Label(group.Name)}"));
            foreach (Figure figure in group.Figures) AddFigure(text, figure);
        }

        text.Append(judged.Verdict.IsGood ? "  good: the machine was quiet" : "  NOT GOOD: see the last line");
        return text.ToString();
    }

    private static void AddYardstick(StringBuilder text, string when, GemmYardstick yardstick) => text.AppendLine(Invariant(
        $"  GEMM {yardstick.Size}^3 {when,-6}  {yardstick.Precision} {Gflops(yardstick.Rate)} GFLOP/s"));

    private static string Gflops(Distribution rate) =>
        Invariant($"{rate.Median / 1e9:N0} ({rate.P10 / 1e9:N0} to {rate.P90 / 1e9:N0})");

    private static void AddFigure(StringBuilder text, Figure figure)
    {
        string spread = figure.Distribution is { } measured
            ? $"  p10 {Number(measured.P10)}, p90 {Number(measured.P90)}, n {measured.Count}"
            : "";
        text.AppendLine($"    {Label(figure.Name),-48} {Number(figure.Value),12} {figure.Unit,-9}{spread}".TrimEnd());
    }

    private static string Label(string name) => name.Replace('_', ' ');

    // Three significant digits below 100, whole numbers above and where the value is one.
    private static string Number(double value)
    {
        double size = Math.Abs(value);
        string format = size >= 100 || double.IsInteger(value) ? "N0" : size >= 10 ? "N1" : size >= 1 ? "N2" : "G3";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
