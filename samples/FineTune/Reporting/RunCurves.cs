using System.Text.Json;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>The figures of a run over its epochs, as its log has them: also those from before it was stopped.</summary>
internal sealed class RunCurves(string log)
{
    /// <summary>Reads the log: kind, epoch and figures of each record.</summary>
    public IReadOnlyList<(string Kind, double Epoch, IReadOnlyDictionary<string, double> Figures)> Read()
    {
        var records = new List<(string, double, IReadOnlyDictionary<string, double>)>();
        if (!File.Exists(log)) return records;
        foreach (string line in File.ReadLines(log))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            Dictionary<string, double> figures = record.RootElement.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Number)
                .ToDictionary(field => field.Name, field => field.Value.GetDouble());
            records.Add((record.RootElement.GetProperty("kind").GetString()!, figures.GetValueOrDefault("epoch"), figures));
        }

        return records;
    }
}
