using System.Text.Json;
using Electra.Pretraining;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Keeps every report of a run, those before a resume included, for the picture.</summary>
internal sealed class TrainingCurves(string metricsFile) : IPretrainingObserver
{
    // the kinds of record that the trainer writes
    private const string Training = "train";
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

    private static TrainingPoint? Parse(string line)
    {
        JsonElement record;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            record = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null; // the last line of a killed run may be cut off
        }

        double Number(string name) => record.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : double.NaN;
        string? kind = record.GetProperty("kind").GetString();
        if (kind is not (Training or HeldOut)) return null;
        return new TrainingPoint
        {
            Step = record.GetProperty("step").GetInt64(),
            IsHeldOut = kind == HeldOut,
            MaskedLMLoss = Number("masked_lm_loss"),
            ReplacedTokenLoss = Number("discriminator_loss"),
            Accuracy = Number("accuracy"),
            Precision = Number("precision"),
            Recall = Number("recall"),
            AreaUnderCurve = Number("area_under_curve"),
            LearningRate = Number("learning_rate"),
            TokensPerSecond = Number("tokens_per_second"),
        };
    }
}
