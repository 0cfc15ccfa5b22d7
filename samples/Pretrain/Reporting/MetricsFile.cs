using Electra.Pretraining;
using Electra.Training;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Writes <c>metrics.jsonl</c>; a resumed run goes on with it.</summary>
internal sealed class MetricsFile(string path) : IPretrainingObserver, IDisposable
{
    public const string Train = "train";
    public const string Evaluation = "evaluation";
    public const string Final = "final";

    private MetricsLog? log;

    public void OnStarted(long step, string? checkpoint) => log = MetricsLog.Resume(path, step);

    public void OnProgress(StepReport report) =>
        Write(report.Step, Train,
        [
            .. TrainingPoint.Of(report).Figures(), ("loss", report.Loss), ("gradient_norm", report.GradientNorm),
            ("epoch", report.Epoch), ("tokens_seen", report.TokensSeen), ("seconds", report.Elapsed.TotalSeconds),
        ]);

    public void OnEvaluated(long step, EvaluationReport report) =>
        Write(step, Evaluation, [.. TrainingPoint.Of(step, report).Figures(), ("masked_lm_accuracy", report.MaskedLMAccuracy)]);

    public void OnSaved(long step, string checkpoint) => log?.Flush();

    /// <summary>Appends any record.</summary>
    public void Write(long step, string kind, params ReadOnlySpan<(string Name, double Value)> values) => log?.Write(step, kind, values);

    public void Dispose() => log?.Dispose();
}
