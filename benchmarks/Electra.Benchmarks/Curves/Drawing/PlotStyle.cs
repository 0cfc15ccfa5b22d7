using ScottPlot;
using ScottPlot.TickGenerators;

namespace Electra.Benchmarks.Curves.Drawing;

/// <summary>Colours, fonts and sizes of the picture.</summary>
internal static class PlotStyle
{
    /// <summary>bfloat16.</summary>
    public static readonly Color Red = Color.FromHex("#dc2626");

    /// <summary>float32 of the same seed.</summary>
    public static readonly Color Blue = Color.FromHex("#2563eb");

    /// <summary>What the seeds spread over.</summary>
    public static readonly Color Grey = Color.FromHex("#64748b");

    private static readonly Color Ink = Color.FromHex("#1e293b");
    private static readonly Color Frame = Color.FromHex("#cbd5e1");

    // ScottPlot's own choice is a serif face on many Linux machines.
    private static readonly string FontName = ChooseFont();

    /// <summary>An empty plot over the steps.</summary>
    public static Plot Create(string title, string unit)
    {
        var plot = new Plot();
        plot.Font.Set(FontName);
        plot.FigureBackground.Color = Colors.White;
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.Label.FontSize = 16;
        plot.Axes.Title.Label.ForeColor = Ink;
        Write(plot.Axes.Bottom.Label, "step");
        Write(plot.Axes.Left.Label, unit);
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right, plot.Axes.Top })
        {
            axis.TickLabelStyle.FontSize = 13;
            axis.TickLabelStyle.ForeColor = Ink;
            axis.FrameLineStyle.Color = axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = Frame;
        }

        plot.Axes.Right.MinimumSize = 24; // the last step's number reaches over the frame
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = step => step.ToString("#,0") };
        plot.Grid.MajorLineColor = Color.FromHex("#e2e8f0");
        return plot;
    }

    /// <summary>Puts the legend in and fixes the part that is shown.</summary>
    public static void Finish(Plot plot, Alignment legend, double lastStep, double low, double high)
    {
        plot.ShowLegend(legend);
        plot.Legend.FontSize = 13;
        plot.Legend.OutlineColor = Frame;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Axes.SetLimits(-0.01 * lastStep, 1.01 * lastStep, low, high);
    }

    private static void Write(LabelStyle label, string text)
    {
        label.Text = text;
        label.FontSize = 14;
        label.Bold = false;
        label.ForeColor = Ink;
    }

    private static string ChooseFont()
    {
        string[] installed = [.. SkiaSharp.SKFontManager.Default.FontFamilies];
        string[] preferred = ["Segoe UI", "Helvetica Neue", "Inter", "Noto Sans", "Open Sans", "Liberation Sans", "Arial", "DejaVu Sans"];
        return preferred.FirstOrDefault(installed.Contains) ?? Fonts.Default;
    }
}
