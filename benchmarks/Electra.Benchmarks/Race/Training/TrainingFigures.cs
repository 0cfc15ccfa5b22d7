using System.Text.Json;

namespace Electra.Benchmarks.Race.Training;

/// <summary>What training text showed at the end of a run.</summary>
/// <param name="Tokens">Tokens trained on, without padding.</param>
/// <param name="Means">Figures by the names of <c>metrics.jsonl</c>: means over the last tenth of the updates.</param>
internal sealed record TrainingFigures(long Tokens, IReadOnlyDictionary<string, double> Means)
{
    private static readonly string[] Kept = ["loss", "mask_loss", "mask_accuracy", "discriminator_loss", "area_under_curve"];

    /// <summary>Reads them from a run's records: a run may have been made in many parts.</summary>
    /// <param name="path">Its <c>metrics.jsonl</c>.</param>
    /// <param name="updates">Updates made.</param>
    public static TrainingFigures Read(string path, long updates)
    {
        var sums = new Dictionary<string, List<double>>();
        long tokens = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            JsonElement fields = record.RootElement;
            if (fields.GetProperty("kind").GetString() != "train") continue;
            tokens = (long)fields.GetProperty("tokens_seen").GetDouble();
            if (fields.GetProperty("step").GetInt64() < 0.9 * updates) continue;
            foreach (string name in Kept)
            {
                if (!fields.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.Number) continue;
                if (!sums.TryGetValue(name, out List<double>? values)) sums[name] = values = [];
                values.Add(value.GetDouble());
            }
        }

        return new TrainingFigures(tokens, sums.ToDictionary(sum => sum.Key, sum => sum.Value.Average()));
    }
}
