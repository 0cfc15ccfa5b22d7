using Electra.Benchmarks.Curves.Comparison;
using ScottPlot;
using SkiaSharp;
using static System.FormattableString;

namespace Electra.Benchmarks.Curves.Drawing;

/// <summary>Draws the verdict: above, both losses of all runs; below, bf16 - fp32 of one seed over what seeds differ by.</summary>
internal static class CurvesPicture
{
    private const int Width = 1180;
    private const int Height = 800;

    // The fall from a random guess would leave no room for what differs.
    private const double ShownFrom = 0.1;

    /// <summary>Writes the PNG.</summary>
    public static void Save(string path, CurvesVerdict verdict)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        var multiplot = new Multiplot();
        multiplot.RemovePlot(multiplot.Subplots.GetPlot(0));
        foreach (LossComparison loss in verdict.Losses) multiplot.AddPlot(Losses(loss));
        foreach (LossComparison loss in verdict.Losses) multiplot.AddPlot(Differences(loss));
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(2, 2);
        using SKBitmap bitmap = SKBitmap.Decode(multiplot.Render(Width, Height).GetImageBytes());
        using FileStream file = File.Create(path);
        bitmap.PeekPixels().Encode(file, new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, 9)); // flat colours: filters only cost
    }

    private static Plot Losses(LossComparison loss)
    {
        Plot plot = PlotStyle.Create(Invariant($"{Capital(loss.Name)}, training text, mean of {loss.WindowSteps:N0} steps"), loss.Unit);
        (double[] low, double[] high) = Spread.Band(loss.SmoothFloat32);
        Fill(plot, loss.Steps, low, high, $"fp32, band over {loss.Float32.Count} seeds");
        OtherSeeds(plot, loss, seed => loss.SmoothFloat32[seed], "fp32, another seed each");
        Line(plot, loss.Steps, loss.SmoothFloat32[0], PlotStyle.Blue, 4, "fp32, seed 1");
        Line(plot, loss.Steps, loss.SmoothBFloat16, PlotStyle.Red, 1.8f, "bf16, seed 1");
        Dots(plot, loss.HeldOutSteps, loss.Float32[0].HeldOut, PlotStyle.Blue, 13, MarkerShape.OpenCircle, "fp32, seed 1, held-out text");
        Dots(plot, loss.HeldOutSteps, loss.BFloat16.HeldOut, PlotStyle.Red, 7, MarkerShape.FilledCircle, "bf16, seed 1, held-out text");
        int first = (int)(loss.Steps.Length * ShownFrom);
        double bottom = Math.Min(low.Min(), loss.BFloat16.HeldOut.Min()), top = high.Skip(first).Max(), room = 0.05 * (top - bottom);
        PlotStyle.Finish(plot, Alignment.UpperRight, loss.BFloat16.Steps[^1], bottom - room, top + room);
        return plot;
    }

    private static Plot Differences(LossComparison loss)
    {
        DifferenceSummary summary = loss.Training;
        string ofPrecision = Invariant($"bf16 to fp32 {summary.PrecisionMeanAbsolute:G2}");
        string ofSeeds = Invariant($"seed to seed {summary.SeedsMeanAbsolute:G2}");
        Plot plot = PlotStyle.Create($"Second half, mean: {ofPrecision}, {ofSeeds}", $"difference, {loss.Unit}");
        double[] noise = Spread.RootMeanSquare(Spread.Pairs(loss.SmoothFloat32));
        Fill(plot, loss.Steps, [.. noise.Select(value => -value)], noise, "fp32 seed to seed, ± root mean square of all pairs");
        OtherSeeds(
            plot, loss, seed => Spread.Difference(loss.SmoothFloat32[seed], loss.SmoothFloat32[0]), "another seed minus seed 1, both fp32");
        plot.Add.HorizontalLine(0, 1, PlotStyle.Grey);
        double[] difference = Spread.Difference(loss.SmoothBFloat16, loss.SmoothFloat32[0]);
        double[] heldOut = Spread.Difference(loss.BFloat16.HeldOut, loss.Float32[0].HeldOut);
        Line(plot, loss.Steps, difference, PlotStyle.Red, 2.5f, "bf16 minus fp32, seed 1, training text, smoothed");
        Dots(plot, loss.HeldOutSteps, heldOut, PlotStyle.Red, 9, MarkerShape.FilledCircle, "bf16 minus fp32, seed 1, held-out text");
        int first = (int)(loss.Steps.Length * ShownFrom);
        double most = difference.Skip(first).Concat(noise.Skip(first)).Concat(heldOut).Max(Math.Abs);
        PlotStyle.Finish(plot, Alignment.UpperRight, loss.BFloat16.Steps[^1], -1.5 * most, 2.3 * most);
        return plot;
    }

    private static void Fill(Plot plot, double[] steps, double[] low, double[] high, string legend)
    {
        var band = plot.Add.FillY(steps, low, high);
        band.FillColor = PlotStyle.Grey.WithAlpha(0.25);
        band.LineWidth = 0;
        band.MarkerSize = 0;
        band.LegendText = legend;
    }

    private static void OtherSeeds(Plot plot, LossComparison loss, Func<int, double[]> curve, string legend)
    {
        for (int seed = 1; seed < loss.Float32.Count; seed++)
            Line(plot, loss.Steps, curve(seed), PlotStyle.Grey.WithAlpha(0.8), 1, seed == 1 ? legend : "");
    }

    private static void Line(Plot plot, double[] steps, double[] values, Color color, float width, string legend = "")
    {
        var line = plot.Add.ScatterLine(steps, values, color);
        line.LineWidth = width;
        line.LegendText = legend;
    }

    private static void Dots(Plot plot, double[] steps, double[] values, Color color, float size, MarkerShape shape, string legend)
    {
        var dots = plot.Add.ScatterPoints(steps, values, color);
        dots.MarkerSize = size;
        dots.MarkerShape = shape;
        dots.MarkerLineWidth = 2;
        dots.LegendText = legend;
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
