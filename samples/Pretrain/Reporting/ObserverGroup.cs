using Electra.Pretraining;
using Electra.Training;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Passes everything on to several observers, in order.</summary>
internal sealed class ObserverGroup(params IReadOnlyList<IPretrainingObserver> observers) : IPretrainingObserver
{
    public void OnStarted(long step, string? checkpoint) => Each(observer => observer.OnStarted(step, checkpoint));

    public void OnProgress(StepReport report) => Each(observer => observer.OnProgress(report));

    public void OnEvaluated(long step, EvaluationReport report) => Each(observer => observer.OnEvaluated(step, report));

    public void OnSaved(long step, string checkpoint) => Each(observer => observer.OnSaved(step, checkpoint));

    public void OnAlarm(TrainingAlarm alarm) => Each(observer => observer.OnAlarm(alarm));

    public void OnEvent(TrainingEvent what) => Each(observer => observer.OnEvent(what));

    private void Each(Action<IPretrainingObserver> tell)
    {
        foreach (IPretrainingObserver observer in observers) tell(observer);
    }
}
