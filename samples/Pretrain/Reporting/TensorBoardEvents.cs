using Electra.Pretraining;
using TorchSharp;
using TorchSharp.Modules;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Writes the figures as TensorBoard events: <c>tensorboard --logdir runs</c>.</summary>
internal sealed class TensorBoardEvents(string folder) : IPretrainingObserver
{
    private SummaryWriter? writer;

    public void OnStarted(long step, string? checkpoint)
    {
        Directory.CreateDirectory(folder);
        writer = torch.utils.tensorboard.SummaryWriter(folder);
    }

    public void OnProgress(StepReport report) => Write("train", TrainingPoint.Of(report));

    public void OnEvaluated(long step, EvaluationReport report) => Write("held-out", TrainingPoint.Of(step, report));

    private void Write(string group, TrainingPoint point)
    {
        foreach ((string name, double value) in point.Figures()) writer?.add_scalar($"{group}/{name}", (float)value, (int)point.Step);
    }
}
