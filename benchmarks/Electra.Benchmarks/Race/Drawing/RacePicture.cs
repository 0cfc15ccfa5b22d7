using Electra.Benchmarks.Race.Judging;
using Electra.Benchmarks.Race.Results;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;
using PlotStyle = Electra.Benchmarks.Curves.Drawing.PlotStyle;

namespace Electra.Benchmarks.Race.Drawing;

/// <summary>Draws the results: a plot a judge, over the variants; each run a dot, their mean a line, what knowing nothing gets dashed.</summary>
internal static class RacePicture
{
    private const int PlotWidth = 460;
    private const int PlotHeight = 330;
    private const int PlotsARow = 3;

    /// <summary>Writes the PNG; nothing where there is nothing to draw.</summary>
    public static void Save(string path, RaceReport report)
    {
        if (report.Columns.Count == 0) return;
        int columns = Math.Min(PlotsARow, report.Columns.Count), rows = (report.Columns.Count + columns - 1) / columns;
        var multiplot = new Multiplot();
        multiplot.RemovePlot(multiplot.Subplots.GetPlot(0));
        foreach (JudgeColumn column in report.Columns) multiplot.AddPlot(Draw(report, column));
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        using SKBitmap bitmap = SKBitmap.Decode(multiplot.Render(columns * PlotWidth, rows * PlotHeight).GetImageBytes());
        using FileStream file = File.Create(path);
        bitmap.PeekPixels().Encode(file, new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, 9)); // flat colours: filters only cost
    }

    private static Plot Draw(RaceReport report, JudgeColumn column)
    {
        double scale = column.IsPercent ? 100 : 1;
        Plot plot = PlotStyle.Create(column.Title, column.IsPercent ? "%" : "");
        plot.Axes.Title.Label.FontSize = 14;
        plot.Axes.Bottom.Label.Text = "";
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. report.Variants.Index().Select(item => (double)item.Index)], [.. report.Variants.Select(variant => variant.Name)]);
        if (report.Variants.Count > 4) plot.Axes.Bottom.TickLabelStyle.Rotation = 20;
        List<double> shown = [];
        foreach ((int place, VariantSummary variant) in report.Variants.Index())
        {
            double[] values = [.. variant.Runs.Where(run => run.Figures.ContainsKey(column.Key)).Select(run => scale * run.Figures[column.Key])];
            if (values.Length == 0) continue;
            shown.AddRange(values);
            var mean = plot.Add.Line(place - 0.25, values.Average(), place + 0.25, values.Average());
            (mean.LineColor, mean.LineWidth, mean.MarkerSize) = (PlotStyle.Red, 2.5f, 0);
            var dots = plot.Add.ScatterPoints([.. values.Select(_ => (double)place)], values, PlotStyle.Blue.WithAlpha(0.7));
            dots.MarkerSize = 9;
            if (shown.Count == values.Length) (mean.LegendText, dots.LegendText) = ("mean of the seeds", "a seed");
        }

        double baseline = scale * report.Baseline(column);
        if (!double.IsNaN(baseline))
        {
            var line = plot.Add.HorizontalLine(baseline, 1.5f, PlotStyle.Grey);
            line.LinePattern = LinePattern.Dashed;
            line.LegendText = "knows nothing";
            shown.Add(baseline);
        }

        // one legend is enough
        if (column == report.Columns[0]) plot.ShowLegend(Alignment.UpperRight);
        double room = Math.Max(0.08 * (shown.Max() - shown.Min()), 1e-3 * scale);
        plot.Axes.SetLimits(-0.6, report.Variants.Count - 0.4, shown.Min() - room, shown.Max() + room);
        return plot;
    }
}
