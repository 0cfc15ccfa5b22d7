using System.Globalization;
using Electra.FineTuning;
using Electra.Samples.Pretrain.Reporting;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Shows how a run goes: a line a report, and one an evaluation.</summary>
internal sealed class FineTuneDisplay(RunConsole console, string name) : IFineTuningObserver
{
    private long _lastPercent = -10;

    public void OnStarted(long step, string? checkpoint) => console.Head(checkpoint is null ? name : $"{name}, going on from step {step:N0}");

    public void OnProgress(FineTuningReport report)
    {
        long percent = (long)(100 * report.Progress);
        if (percent < _lastPercent + 10 && report.Progress < 1) return;
        _lastPercent = percent;
        string padding = report.PaddingShare.ToString("P0", CultureInfo.InvariantCulture);
        console.Say(FormattableString.Invariant(
            $"step {report.Step,6:N0}/{report.TrainSteps:N0}  epoch {report.Epoch:F1}  loss {report.Loss:F4}  lr {report.LearningRate:0.0e+0}  padding {padding}  {report.TokensPerSecond:N0} tokens/s  ETA {(report.Remaining is { } left ? RunLength.Text(left) : "-")}"));
    }

    public void OnEvaluated(FineTuningEvaluation evaluation) => console.Say(FormattableString.Invariant($"  after epoch {evaluation.Epoch:F1}: {evaluation}"));
}
