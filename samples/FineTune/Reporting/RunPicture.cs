using Electra.FineTuning;
using ScottPlot;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Draws <c>run.png</c>: losses and scores over the epochs, and, where there are classes, which were taken for which.</summary>
internal static class RunPicture
{
    private const int Width = 1500, Height = 560, MostLabels = 30, LongestLabel = 24;

    /// <summary>Writes the picture.</summary>
    public static void Save(
        string path, IReadOnlyList<(string Kind, double Epoch, IReadOnlyDictionary<string, double> Figures)> records, FineTuningEvaluation evaluation, FineTuningTask task)
    {
        var multiplot = new Multiplot();
        multiplot.RemovePlot(multiplot.Subplots.GetPlot(0));
        multiplot.AddPlot(Losses(records));
        multiplot.AddPlot(Scores(records, evaluation));
        bool hasMatrix = task is TextClassificationTask { Kind: LabelKind.SingleLabel } && task.Labels.Count <= MostLabels;
        if (hasMatrix) multiplot.AddPlot(Matrix(evaluation.Sets[0], task.Labels));
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(1, hasMatrix ? 3 : 2);
        multiplot.SavePng(path, hasMatrix ? Width * 3 / 2 : Width, hasMatrix ? Height * 5 / 4 : Height);
    }

    private static Plot Losses(IReadOnlyList<(string Kind, double Epoch, IReadOnlyDictionary<string, double> Figures)> records)
    {
        Plot plot = Titled("Loss", "epoch");
        Line(plot, records, "train", "loss", "training, with dropout");
        Line(plot, records, "evaluation", "loss", "held-out");
        plot.ShowLegend();
        return plot;
    }

    private static Plot Scores(IReadOnlyList<(string Kind, double Epoch, IReadOnlyDictionary<string, double> Figures)> records, FineTuningEvaluation evaluation)
    {
        Plot plot = Titled("Held-out scores", "epoch");
        foreach (string name in evaluation.Sets[0].Metrics.Keys.Where(name => !name.EndsWith("threshold", StringComparison.Ordinal))) Line(plot, records, "evaluation", name, name);
        if (double.IsFinite(evaluation.Baseline))
        {
            ScottPlot.Plottables.HorizontalLine line = plot.Add.HorizontalLine(evaluation.Baseline, 1.5f, Colors.Grey, LinePattern.Dashed);
            line.LegendText = $"{evaluation.MainMetric} of a model that knows nothing";
        }

        plot.ShowLegend();
        return plot;
    }

    private static Plot Matrix(TaskScores scores, IReadOnlyList<string> labels)
    {
        Plot plot = Titled("Predicted (across) for true labels (down), share of the row", "");
        int count = labels.Count;
        Dictionary<string, int> places = labels.Index().ToDictionary(label => label.Item, label => label.Index);
        var cells = new double[count, count];
        foreach (TaskPrediction prediction in scores.Predictions.Where(prediction => prediction.Truth is not null)) cells[places[prediction.Truth!], places[prediction.Predicted]]++;
        for (int row = 0; row < count; row++)
        {
            double all = Enumerable.Range(0, count).Sum(column => cells[row, column]);
            for (int column = 0; column < count; column++) cells[row, column] /= Math.Max(1, all);
        }

        plot.Add.Heatmap(cells).Colormap = new ScottPlot.Colormaps.Blues();
        string Short(string label) => label.Length <= LongestLabel ? label : label[..LongestLabel] + "…";
        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, count).Select(i => (double)(count - 1 - i))], [.. labels.Select(Short)]);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, count).Select(i => (double)i)], [.. labels.Select(Short)]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = 60;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
        if (count <= 12)
        {
            for (int row = 0; row < count; row++)
            {
                for (int column = 0; column < count; column++)
                {
                    ScottPlot.Plottables.Text text = plot.Add.Text(cells[row, column].ToString("P0"), column, count - 1 - row);
                    (text.LabelAlignment, text.LabelFontSize) = (Alignment.MiddleCenter, 11);
                }
            }
        }

        return plot;
    }

    private static void Line(
        Plot plot, IReadOnlyList<(string Kind, double Epoch, IReadOnlyDictionary<string, double> Figures)> records, string kind, string figure, string legend)
    {
        (double X, double Y)[] points = [.. records.Where(record => record.Kind == kind && record.Figures.ContainsKey(figure)).Select(record => (record.Epoch, record.Figures[figure]))];
        if (points.Length == 0) return;
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray());
        (line.LegendText, line.LineWidth, line.MarkerSize) = (legend, 2, kind == "train" ? 0 : 7);
    }

    private static Plot Titled(string title, string bottom)
    {
        var plot = new Plot();
        plot.Font.Set(Font);
        plot.Title(title);
        plot.XLabel(bottom);
        return plot;
    }

    private static string Font { get; } =
        new[] { "Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Arial", "DejaVu Sans" }.FirstOrDefault(SkiaSharp.SKFontManager.Default.FontFamilies.Contains) ?? Fonts.Default;
}
