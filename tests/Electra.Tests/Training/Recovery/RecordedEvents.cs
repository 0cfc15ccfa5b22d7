using Electra.Pretraining;
using Electra.Training;

namespace Electra.Tests.Training;

/// <summary>Keeps what a trainer tells of numbers, and its reports.</summary>
internal sealed class RecordedEvents : IPretrainingObserver
{
    public List<TrainingEvent> Events { get; } = [];

    public List<StepReport> Reports { get; } = [];

    public void OnEvent(TrainingEvent what) => Events.Add(what);

    public void OnProgress(StepReport report) => Reports.Add(report);
}
