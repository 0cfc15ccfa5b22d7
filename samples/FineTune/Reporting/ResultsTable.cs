using System.Globalization;
using Electra.FineTuning;
using Electra.Samples.FineTune.Options;
using Electra.Samples.Pretrain.Reporting;
using Spectre.Console;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>The table at the end: each score over all runs, beside what a model that knows nothing gets, and random weights.</summary>
internal sealed class ResultsTable(RunConsole console)
{
    /// <summary>Shows it, with each run's verdict and what to try.</summary>
    public void Show(FineTunePlan plan, TrialsReport report)
    {
        console.Head($"{plan.Task.Name}, {report.Runs.Count} run(s)");
        Table table = new Table().Border(TableBorder.Simple).AddColumns("score", "median", "mean", "deviation", "lowest", "highest", "knows nothing", "random weights, median");
        IReadOnlyDictionary<string, MetricSummary> random = report.RandomWeightSummary;
        TaskScores first = report.Runs[0].Evaluation.Sets[0];
        foreach ((string name, MetricSummary summary) in report.Summary)
        {
            table.AddRow(
                name, F(summary.Median), F(summary.Mean), F(summary.StandardDeviation), F(summary.Minimum), F(summary.Maximum),
                first.Baseline.TryGetValue(name, out double nothing) ? F(nothing) : "", random.TryGetValue(name, out MetricSummary other) ? F(other.Median) : "");
        }

        console.Ansi.Write(table);
        foreach (TrialResult run in report.Runs.Where(run => run.Verdict != FineTuningVerdict.Learned))
            console.Warn($"seed {run.Seed}: {Text(run.Verdict)} ({run.Evaluation.MainMetric} {F(run.Evaluation.Score)})");
        if (report.Advice is string advice) console.Warn(advice);
    }

    private static string Text(FineTuningVerdict verdict) => verdict switch
    {
        FineTuningVerdict.OneClassOnly => "it says the same of everything",
        FineTuningVerdict.NoBetterThanBaseline => "no better than a model that knows nothing",
        FineTuningVerdict.NoBetterThanRandomWeights => "no better than from random weights",
        _ => "it learned",
    };

    private static string F(double value) => double.IsNaN(value) ? "-" : value.ToString(Math.Abs(value) < 10 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);
}
