using Electra.Pretraining;

namespace Electra.Benchmarks.Curves.Training;

/// <summary>Keeps the figures of a run.</summary>
internal sealed class CurveRecorder : IPretrainingObserver
{
    private readonly List<StepReport> _training = [];
    private readonly List<(long Step, EvaluationReport Report)> _heldOut = [];

    public void OnProgress(StepReport report) => _training.Add(report);

    public void OnEvaluated(long step, EvaluationReport report) => _heldOut.Add((step, report));

    /// <summary>All that was recorded.</summary>
    public TrainedRun Finish(RunSetting setting) => new(
        setting,
        Curve(report => report.MaskedLM.Mask.Loss, report => report.MaskedLM.Mask.Loss),
        Curve(report => report.Detection!.DiscriminatorLoss, report => report.Detection!.DiscriminatorLoss),
        _heldOut[^1].Report.Detection!.Discriminator.AreaUnderCurve,
        _heldOut[^1].Report.WordFrequencies.Loss,
        _heldOut[^1].Report.Detection!.TokenIdentityAreaUnderCurve,
        _training[^1].Elapsed.TotalSeconds);

    private LossCurve Curve(Func<StepReport, double> training, Func<EvaluationReport, double> heldOut) => new(
        [.. _training.Select(report => (double)report.Step)],
        [.. _training.Select(training)],
        [.. _heldOut.Select(evaluated => (double)evaluated.Step)],
        [.. _heldOut.Select(evaluated => heldOut(evaluated.Report))]);
}
