using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Benchmarks.Race.Judging;
using static System.FormattableString;

namespace Electra.Benchmarks.Race.Results;

/// <summary>The results of a race, for people and for programs.</summary>
/// <param name="settings">The race.</param>
/// <param name="results">Of the runs that are finished.</param>
internal sealed class RaceReport(RaceSettings settings, IReadOnlyList<ContestantResult> results)
{
    /// <summary>By variant.</summary>
    public IReadOnlyList<VariantSummary> Variants { get; } = VariantSummary.Of(results);

    /// <summary>What there is to show.</summary>
    public IReadOnlyList<JudgeColumn> Columns { get; } = JudgeColumn.Of(results.SelectMany(result => result.Figures.Keys));

    /// <summary>What a model that knows nothing gets; the mean where it depends on the run. NaN where nothing is known.</summary>
    public double Baseline(JudgeColumn column) => results.Where(result => result.Baselines.ContainsKey(column.Key))
        .Select(result => result.Baselines[column.Key]).DefaultIfEmpty(double.NaN).Average();

    /// <summary>A row a variant, and what knowing nothing gets.</summary>
    public string Table()
    {
        string[][] rows =
        [
            ["", "runs", "updates", "M tokens", "TFLOPs", "seconds", "train loss", .. Columns.Select(column => column.Heading + (column.IsPercent ? ", %" : ""))],
            .. Variants.Select(Row),
            ["knows nothing", "", "", "", "", "", "", .. Columns.Select(column => double.IsNaN(Baseline(column)) ? "" : column.Text(Baseline(column)))],
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
            text.AppendLine(string.Join("  ", row.Index().Select(cell => cell.Index == 0 ? cell.Item.PadRight(widths[0]) : cell.Item.PadLeft(widths[cell.Index]))).TrimEnd());
        return text.Append("means over seeds ± standard deviation; everything is measured on text that no run has seen").ToString();
    }

    /// <summary>All of it.</summary>
    public JsonObject Json() => new()
    {
        ["limit"] = settings.Limit.ToString(),
        ["length"] = settings.Length,
        ["is_complete"] = results.Count == settings.Contestants.Count,
        ["variants"] = new JsonArray([.. Variants.Select(Json)]),
        ["knows_nothing"] = new JsonObject(Columns.Where(column => !double.IsNaN(Baseline(column))).Select(column => KeyValuePair.Create(column.Key, (JsonNode?)Baseline(column)))),
        ["runs"] = new JsonArray([.. results.Select(result => JsonSerializer.SerializeToNode(result, JsonFile.Style))]),
    };

    /// <summary>A run, in a line.</summary>
    public static string Line(ContestantResult result)
    {
        string name = $"{result.Variant}, seed {result.Seed}";
        if (result.Diverged is not null) return $"{name}: diverged, {result.Diverged}";
        IEnumerable<string> figures = JudgeColumn.Of(result.Figures.Keys).Select(column => $"{column.Heading} {column.Text(result.Figures[column.Key])}");
        return Invariant($"{name}: {result.Updates:N0} updates, {result.Seconds:F0} s; {string.Join(", ", figures)}");
    }

    private string[] Row(VariantSummary variant)
    {
        static string Text(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
        return
        [
            variant.Name,
            variant.Runs.Count + (variant.Diverged > 0 ? $" ({variant.Diverged} diverged)" : ""),
            Text(variant.Mean(run => run.Updates), "N0"),
            Text(variant.Mean(run => run.Tokens) / 1e6, "N2"),
            Text(variant.Mean(run => run.Flops) / 1e12, "G4"),
            Text(variant.Mean(run => run.Seconds), "N0"),
            Text(variant.Mean(run => run.Training.GetValueOrDefault("loss", double.NaN)), "F3"),
            .. Columns.Select(column => variant.Figure(column.Key) is not { } figure ? ""
                : figure.Runs == 1 ? column.Text(figure.Mean)
                : $"{column.Text(figure.Mean)} ± {column.Text(figure.StandardDeviation)}"),
        ];
    }

    private JsonNode Json(VariantSummary variant)
    {
        var figures = new JsonObject();
        foreach (JudgeColumn column in Columns)
        {
            if (variant.Figure(column.Key) is not { } figure) continue;
            figures[column.Key] = new JsonObject
            {
                ["mean"] = figure.Mean,
                ["deviation"] = double.IsNaN(figure.StandardDeviation) ? null : figure.StandardDeviation,
                ["runs"] = figure.Runs,
            };
        }

        return new JsonObject { ["name"] = variant.Name, ["runs"] = variant.Runs.Count, ["diverged"] = variant.Diverged, ["figures"] = figures };
    }
}
