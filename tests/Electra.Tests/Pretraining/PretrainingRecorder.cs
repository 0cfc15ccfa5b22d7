using Electra.Pretraining;

namespace Electra.Tests.Pretraining;

/// <summary>Keeps all that a trainer reports.</summary>
internal sealed class PretrainingRecorder : IPretrainingObserver
{
    public List<StepReport> Reports { get; } = [];

    public List<TrainingAlarm> Alarms { get; } = [];

    public List<(long Step, EvaluationReport Report)> Evaluations { get; } = [];

    public List<long> Saves { get; } = [];

    public void OnProgress(StepReport report) => Reports.Add(report);

    public void OnAlarm(TrainingAlarm alarm) => Alarms.Add(alarm);

    public void OnEvaluated(long step, EvaluationReport report) => Evaluations.Add((step, report));

    public void OnSaved(long step, string checkpoint) => Saves.Add(step);
}
