using System.Text.Json.Nodes;
using Electra.FineTuning;
using Electra.Samples.FineTune.Options;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Writes <c>results.json</c>: every run's scores, and their summary.</summary>
internal static class ResultsFile
{
    /// <summary>Writes the file.</summary>
    public static void Write(string path, FineTunePlan plan, TrialsReport report)
    {
        static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
        static JsonArray Runs(IEnumerable<TrialResult> runs) =>
        [
            .. runs.Select(run => new JsonObject
            {
                ["seed"] = run.Seed,
                ["verdict"] = run.Verdict.ToString(),
                ["seconds"] = Math.Round(run.TimeUsed.TotalSeconds, 1),
                ["scores"] = new JsonObject(run.Evaluation.Figures().Select(figure => KeyValuePair.Create(figure.Name, Number(figure.Value)))),
            }),
        ];
        var summary = new JsonObject(report.Summary.Select(score => KeyValuePair.Create(score.Key, (JsonNode?)new JsonObject
        {
            ["median"] = Number(score.Value.Median),
            ["mean"] = Number(score.Value.Mean),
            ["standard_deviation"] = Number(score.Value.StandardDeviation),
            ["minimum"] = Number(score.Value.Minimum),
            ["maximum"] = Number(score.Value.Maximum),
        })));
        var all = new JsonObject
        {
            ["task"] = plan.Task.Name,
            ["model"] = plan.Model,
            ["options"] = JsonNode.Parse(plan.Options.ToJson()),
            ["knows_nothing"] = new JsonObject(report.Runs[0].Evaluation.Sets[0].Baseline.Select(score => KeyValuePair.Create(score.Key, Number(score.Value)))),
            ["summary"] = summary,
            ["runs"] = Runs(report.Runs),
            ["random_weights"] = Runs(report.RandomWeights),
            ["retried"] = Runs(report.Retried),
        };
        File.WriteAllText(path, all.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n");
    }
}
