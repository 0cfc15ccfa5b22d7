using System.Globalization;
using Electra.Pretraining;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Shows how the run goes: a panel that is redrawn in a terminal, a line a report elsewhere.</summary>
internal sealed class ProgressDisplay(RunConsole console, bool isTimed) : IPretrainingObserver
{
    private const int BarWidth = 36;
    private StepReport? latest;
    private string? heldOut;
    private LiveDisplayContext? live;

    // how many steps fit into a time is an estimate
    private string About => isTimed ? "~" : "";

    /// <summary>Runs the training inside the display.</summary>
    public void Run(Action train)
    {
        if (!console.IsLive)
        {
            train();
            return;
        }

        console.Ansi.Live(new Text("waiting for the first step ...")).Start(context =>
        {
            live = context;
            train();
        });
        live = null;
    }

    public void OnProgress(StepReport report)
    {
        latest = report;
        if (console.IsLive) Draw();
        else console.Say(Line(report));
    }

    public void OnEvaluated(long step, EvaluationReport report)
    {
        heldOut = $"held-out at step {step:N0}: loss at [MASK] {F(report.MaskedLM.Mask.Loss, "F3")} (word frequencies "
            + $"{F(report.WordFrequencies.Loss, "F3")}), guessed right {F(report.MaskedLM.Mask.Accuracy, "P1")}";
        if (report.Detection is { Discriminator: var rtd } detection)
        {
            heldOut += $"; RTD loss {F(detection.DiscriminatorLoss, "F4")} ({F(detection.ConstantDiscriminatorLoss, "F4")}), "
                + $"AUC {F(rtd.AreaUnderCurve, "F3")} (token identity {F(detection.TokenIdentityAreaUnderCurve, "F3")})";
        }

        if (console.IsLive) Draw();
        else console.Say("  " + heldOut);
    }

    private string Line(StepReport report)
    {
        string detection = report.Detection is { Discriminator: var rtd } figures
            ? $"  rtd {F(figures.DiscriminatorLoss, "F4")}  acc {F(rtd.Accuracy, "F3")}  prec {F(rtd.Precision, "F3")}  "
                + $"rec {F(rtd.Recall, "F3")}  auc {F(rtd.AreaUnderCurve, "F3")}"
            : "";
        return $"step {report.Step,7:N0}/{About}{report.TrainSteps:N0}  {report.BatchSize}x{report.SequenceLength}  mask {F(report.MaskedLM.Mask.Loss, "F3")}{detection}  "
            + $"lr {F(report.LearningRate, "0.0e+0")}  {report.TokensPerSecond:N0} tokens/s  ETA {Time(report.Remaining)}";
    }

    private void Draw()
    {
        if (live is null || latest is not { } report) return;
        int filled = (int)(report.Progress * BarWidth);
        var rows = new List<IRenderable>
        {
            new Markup($"step [bold]{report.Step:N0}[/] of {About}{report.TrainSteps:N0}  [green]{new string('━', filled)}[/]"
                + $"[grey]{new string('━', BarWidth - filled)}[/]  {F(report.Progress, "P0")}  ETA [bold]{Time(report.Remaining)}[/]"),
            new Markup($"generator      loss at [[MASK]] [blue]{F(report.MaskedLM.Mask.Loss, "F3")}[/]   guessed right "
                + $"{F(report.MaskedLM.Mask.Accuracy, "P1")}   [grey]loss as trained {F(report.TrainedMaskedLMLoss, "F3")}[/]"),
        };
        if (report.Detection is { Discriminator: var rtd } detection)
        {
            rows.Add(new Markup($"discriminator  RTD loss [blue]{F(detection.DiscriminatorLoss, "F4")}[/]   "
                + $"accuracy {F(rtd.Accuracy, "F3")}   precision {F(rtd.Precision, "F3")}   recall {F(rtd.Recall, "F3")}   "
                + $"AUC [blue]{F(rtd.AreaUnderCurve, "F3")}[/]"));
        }

        rows.Add(new Markup($"[grey]{report.TokensPerSecond:N0} tokens/s   learning rate {F(report.LearningRate, "0.00e+0")}   "
            + $"gradient norm {F(report.GradientNorm, "F2")}   epoch {F(report.Epoch, "F2")}   "
                + $"batch {report.BatchSize} x {report.SequenceLength}   {Time(report.Elapsed)} so far[/]"));
        if (heldOut is not null) rows.Add(new Markup($"[green]{Markup.Escape(heldOut)}[/]"));
        live.UpdateTarget(new Panel(new Rows(rows)).Border(BoxBorder.Rounded).BorderColor(Color.Grey).Padding(1, 0));
    }

    private static string F(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Time(TimeSpan? time) => time is { } t ? RunLength.Text(t) : "-";
}
