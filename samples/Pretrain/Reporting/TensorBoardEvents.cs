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

    public void OnProgress(StepReport report) => Write("train", report.Step, report.Figures());

    public void OnEvaluated(long step, EvaluationReport report) => Write("held-out", step, report.Figures());

    private void Write(string group, long step, IEnumerable<(string Name, double Value)> figures)
    {
        foreach ((string name, double value) in figures) writer?.add_scalar($"{group}/{name}", (float)value, (int)step);
    }
}
