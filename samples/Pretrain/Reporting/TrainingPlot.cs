using ScottPlot;
using ScottPlot.TickGenerators;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Draws <c>training.png</c>: losses, replaced token detection, learning rate and throughput over the steps.</summary>
internal static class TrainingPlot
{
    private const int Width = 1600;
    private const int Height = 1080;
    private static readonly Color Blue = Color.FromHex("#2563eb");
    private static readonly Color Red = Color.FromHex("#dc2626");
    private static readonly Color Green = Color.FromHex("#059669");
    private static readonly Color Amber = Color.FromHex("#d97706");
    private static readonly Color Violet = Color.FromHex("#7c3aed");
    private static readonly Color Grey = Color.FromHex("#64748b");

    private static readonly string FontName = ChooseFont();

    /// <summary>Writes the picture; does nothing when there is no point to draw.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="points">Training and held-out reports in any order.</param>
    public static void Save(string path, IReadOnlyList<TrainingPoint> points)
    {
        List<TrainingPoint> training = [.. points.Where(point => !point.IsHeldOut).OrderBy(point => point.Step)];
        List<TrainingPoint> heldOut = [.. points.Where(point => point.IsHeldOut).OrderBy(point => point.Step)];
        if (training.Count == 0) return;

        bool hasDiscriminator = training.Exists(point => double.IsFinite(point.ReplacedTokenLoss));
        List<Plot> plots = [MaskedLM(training, heldOut)];
        if (hasDiscriminator) plots.AddRange([ReplacedTokens(training, heldOut), Detection(training, heldOut)]);
        plots.Add(Pace(training));

        var multiplot = new Multiplot();
        multiplot.RemovePlot(multiplot.Subplots.GetPlot(0));
        foreach (Plot plot in plots) multiplot.AddPlot(plot);
        multiplot.Layout = hasDiscriminator ? new ScottPlot.MultiplotLayouts.Grid(2, 2) : new ScottPlot.MultiplotLayouts.Grid(1, 2);
        multiplot.SavePng(path, Width, hasDiscriminator ? Height : Height / 2);
    }

    private static Plot MaskedLM(List<TrainingPoint> training, List<TrainingPoint> heldOut)
    {
        Plot plot = Styled("Masked language modeling loss at [MASK]", "nats a masked token");
        Curve(plot, training, point => point.MaskLoss, "training", Blue);
        Markers(plot, heldOut, point => point.MaskLoss, "held-out", Red);
        Baseline(plot, heldOut, point => point.UnigramLoss, "word frequencies alone, held-out");
        return Finished(plot, Alignment.UpperRight);
    }

    private static Plot ReplacedTokens(List<TrainingPoint> training, List<TrainingPoint> heldOut)
    {
        Plot plot = Styled("Discriminator: replaced token detection loss", "nats a token");
        Curve(plot, training, point => point.ReplacedTokenLoss, "training", Blue);
        Markers(plot, heldOut, point => point.ReplacedTokenLoss, "held-out", Red);
        Baseline(plot, heldOut, point => point.ConstantLoss, "the same answer everywhere");
        return Finished(plot, Alignment.UpperRight);
    }

    private static Plot Detection(List<TrainingPoint> training, List<TrainingPoint> heldOut)
    {
        Plot plot = Styled("Discriminator: how well replaced tokens are told", "share");
        Curve(plot, training, point => point.AreaUnderCurve, "AUC", Violet);
        Curve(plot, training, point => point.Accuracy, "accuracy", Blue);
        Curve(plot, training, point => point.Precision, "precision", Green);
        Curve(plot, training, point => point.Recall, "recall", Amber);
        Markers(plot, heldOut, point => point.AreaUnderCurve, "AUC, held-out", Red);
        Baseline(plot, heldOut, point => point.IdentityAreaUnderCurve, "AUC of token identity alone");
        plot.Axes.SetLimitsY(0, 1.02);
        Finished(plot, Alignment.LowerRight);
        plot.Axes.SetLimitsY(0, 1.02);
        return plot;
    }

    private static Plot Pace(List<TrainingPoint> training)
    {
        Plot plot = Styled("Learning rate and throughput", "learning rate");
        Curve(plot, training, point => point.LearningRate, "learning rate", Amber, isExact: true);
        if (Curve(plot, training, point => point.TokensPerSecond / 1000, "thousand tokens a second", Green) is { } throughput)
        {
            throughput.Axes.YAxis = plot.Axes.Right;
            Label(plot.Axes.Right.Label, "thousand tokens a second");
            Finished(plot, Alignment.LowerCenter);
            plot.Axes.SetLimitsY(0, 1.25 * Highest(training, point => point.TokensPerSecond / 1000), plot.Axes.Right);
        }
        else
        {
            Finished(plot, Alignment.LowerCenter);
        }

        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = rate => rate == 0 ? "0" : rate.ToString("0.0e+0") };
        plot.Axes.SetLimitsY(0, 1.25 * Highest(training, point => point.LearningRate), plot.Axes.Left);
        return plot;
    }

    private static double Highest(List<TrainingPoint> points, Func<TrainingPoint, double> value) =>
        points.Select(value).Where(double.IsFinite).Append(1e-9).Max();

    private static ScottPlot.Plottables.Scatter? Curve(
        Plot plot, List<TrainingPoint> points, Func<TrainingPoint, double> value, string legend, Color color, bool isExact = false)
    {
        List<TrainingPoint> known = points.FindAll(point => double.IsFinite(value(point)));
        if (known.Count == 0) return null;
        bool smooths = !isExact && known.Count > 60;
        double[] steps = [.. known.Select(point => (double)point.Step)];
        double[] values = [.. known.Select(value)];
        if (smooths) plot.Add.ScatterLine(steps, values, color.WithAlpha(0.22)).LineWidth = 1;
        var smooth = plot.Add.ScatterLine(steps, smooths ? Smoothed(values) : values, color);
        smooth.LineWidth = 2.5f;
        smooth.LegendText = legend;
        return smooth;
    }

    private static void Markers(Plot plot, List<TrainingPoint> points, Func<TrainingPoint, double> value, string legend, Color color)
    {
        List<TrainingPoint> known = points.FindAll(point => double.IsFinite(value(point)));
        if (known.Count == 0) return;
        var scatter = plot.Add.Scatter(known.Select(point => (double)point.Step).ToArray(), known.Select(value).ToArray(), color);
        scatter.LineWidth = 1.5f;
        scatter.MarkerSize = 9;
        scatter.LegendText = legend;
    }

    /// <summary>What needs no knowledge of language, as the last evaluation found it.</summary>
    private static void Baseline(Plot plot, List<TrainingPoint> heldOut, Func<TrainingPoint, double> value, string legend)
    {
        if (heldOut.FindLast(point => double.IsFinite(value(point))) is not { } last) return;
        plot.Add.HorizontalLine(value(last), 1.5f, Grey, LinePattern.Dashed).LegendText = legend;
    }

    /// <summary>Mean over a window of about a thirtieth of the points, centred so that the curve does not lag behind.</summary>
    private static double[] Smoothed(double[] values)
    {
        int reach = values.Length / 60;
        return [.. values.Select((_, i) => values[Math.Max(0, i - reach)..Math.Min(values.Length, i + reach + 1)].Average())];
    }

    private static Plot Styled(string title, string unit)
    {
        var plot = new Plot();
        plot.Font.Set(FontName);
        plot.FigureBackground.Color = Colors.White;
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.Label.FontSize = 19;
        plot.Axes.Title.Label.ForeColor = Color.FromHex("#0f172a");
        Label(plot.Axes.Bottom.Label, "step");
        Label(plot.Axes.Left.Label, unit);
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right })
        {
            axis.TickLabelStyle.FontSize = 14;
            axis.TickLabelStyle.ForeColor = Grey;
            axis.FrameLineStyle.Color = Color.FromHex("#cbd5e1");
            axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = Color.FromHex("#cbd5e1");
        }

        plot.Axes.Top.FrameLineStyle.Color = Color.FromHex("#cbd5e1");
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = step => step.ToString("#,0") };
        plot.Grid.MajorLineColor = Color.FromHex("#e2e8f0");
        return plot;
    }

    /// <summary>ScottPlot's own choice is a serif face on many Linux machines.</summary>
    private static string ChooseFont()
    {
        string[] installed = [.. SkiaSharp.SKFontManager.Default.FontFamilies];
        string[] preferred = ["Segoe UI", "Helvetica Neue", "Inter", "Noto Sans", "Open Sans", "Liberation Sans", "Arial", "DejaVu Sans"];
        return preferred.FirstOrDefault(installed.Contains) ?? Fonts.Default;
    }

    private static Plot Finished(Plot plot, Alignment legend)
    {
        plot.ShowLegend(legend);
        plot.Legend.FontSize = 15;
        plot.Legend.OutlineColor = Color.FromHex("#cbd5e1");
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Axes.Margins(0.03, 0.08);
        plot.Axes.AutoScale();
        return plot;
    }

    private static void Label(LabelStyle label, string text)
    {
        label.Text = text;
        label.FontSize = 15;
        label.Bold = false;
        label.ForeColor = Color.FromHex("#334155");
    }
}
