using System.Text.Json;
using Electra.Pretraining;
using Electra.Training;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Keeps every report of a run, those before a resume included, for the picture.</summary>
internal sealed class TrainingCurves(string metricsFile) : IPretrainingObserver
{
    // the kinds of record that the trainer writes
    private const string OfTraining = "train";
    private const string HeldOut = "evaluation";

    private readonly List<TrainingPoint> points = [];

    public IReadOnlyList<TrainingPoint> Points => points;

    /// <summary>Reads what an interrupted run reported up to the step that it resumes from.</summary>
    public void OnStarted(long step, string? checkpoint)
    {
        points.Clear();
        if (step == 0 || !File.Exists(metricsFile)) return;
        foreach (string line in File.ReadLines(metricsFile))
        {
            if (Parse(line) is { } point && point.Step <= step) points.Add(point);
        }
    }

    public void OnProgress(StepReport report) => points.Add(TrainingPoint.Of(report));

    public void OnEvaluated(long step, EvaluationReport report) => points.Add(TrainingPoint.Of(step, report));

    /// <summary>Forgets what a run has gone back behind.</summary>
    public void OnEvent(TrainingEvent what)
    {
        if (what.Kind == TrainingEventKind.Rollback) points.RemoveAll(point => point.Step > what.Step);
    }

    private static TrainingPoint? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement record = document.RootElement;
            string? kind = record.GetProperty("kind").GetString();
            if (kind is not (OfTraining or HeldOut)) return null;
            Dictionary<string, double> figures = record.EnumerateObject()
                .Where(figure => figure.Value.ValueKind == JsonValueKind.Number).ToDictionary(figure => figure.Name, figure => figure.Value.GetDouble());
            return new TrainingPoint(record.GetProperty("step").GetInt64(), kind == HeldOut, figures);
        }
        catch (JsonException)
        {
            return null; // the last line of a killed run may be cut off
        }
    }
}
