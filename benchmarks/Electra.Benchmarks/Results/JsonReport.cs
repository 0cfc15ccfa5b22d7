using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Machine;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Yardstick;

namespace Electra.Benchmarks.Results;

/// <summary>All results of a run as one JSON object.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the output goes to no web page
    };

    /// <summary>Writes the object.</summary>
    public static string Write(BenchmarkSettings settings, MachineInfo machine, IReadOnlyList<JudgedResult> results)
    {
        var benchmarks = new JsonObject();
        foreach (JudgedResult judged in results) benchmarks[judged.Result.Name] = Benchmark(judged);
        return new JsonObject
        {
            ["good"] = results.All(judged => judged.Verdict.IsGood),
            ["settings"] = JsonSerializer.SerializeToNode(settings.Summary, Style),
            ["machine"] = JsonSerializer.SerializeToNode(machine, Style),
            ["counting_rule"] = ModelFlops.Rule,
            ["benchmarks"] = benchmarks,
        }.ToJsonString(Style);
    }

    private static JsonObject Benchmark(JudgedResult judged)
    {
        var json = new JsonObject
        {
            ["good"] = judged.Verdict.IsGood,
            ["reasons"] = new JsonArray([.. judged.Verdict.Reasons.Select(reason => JsonValue.Create(reason))]),
            ["workload"] = judged.Result.Workload,
            ["yardstick_before"] = Yardstick(judged.Before),
            ["yardstick_after"] = Yardstick(judged.After),
            ["others_load"] = judged.OthersLoad,
        };
        foreach (FigureGroup group in judged.Result.Groups)
        {
            var figures = new JsonObject();
            foreach (Figure figure in group.Figures) figures[figure.Name] = Figure(figure);
            json[group.Name] = figures;
        }

        return json;
    }

    private static JsonObject Figure(Figure figure)
    {
        var json = figure.Distribution is { } measured ? Measured(measured) : new JsonObject { ["value"] = figure.Value };
        json["unit"] = figure.Unit;
        return json;
    }

    private static JsonObject Yardstick(GemmYardstick yardstick) => new()
    {
        ["size"] = yardstick.Size,
        ["precision"] = yardstick.Precision,
        ["gflops"] = Measured(yardstick.Rate.Times(1e-9)),
    };

    private static JsonObject Measured(Distribution measured) => new()
    {
        ["value"] = measured.Median,
        ["p10"] = measured.P10,
        ["p90"] = measured.P90,
        ["minimum"] = measured.Minimum,
        ["maximum"] = measured.Maximum,
        ["count"] = measured.Count,
    };
}
