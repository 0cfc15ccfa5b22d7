namespace Electra.Training;

/// <summary>Accuracy, Matthews correlation and F1 of predicted classes, as scikit-learn defines them; 0 where a quotient has no denominator.</summary>
internal static class ClassificationScores
{
    /// <summary>The share of right predictions; NaN when there is none.</summary>
    public static double Accuracy(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        RequireSameLength(labels, predictions);
        int right = 0;
        for (int i = 0; i < labels.Length; i++) if (labels[i] == predictions[i]) right++;
        return (double)right / labels.Length;
    }

    /// <summary>Matthews' correlation coefficient, of two or more classes; 0 when one class only is there or predicted.</summary>
    public static double MatthewsCorrelation(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        Dictionary<int, Counts> counts = Count(labels, predictions);
        double all = labels.Length, right = counts.Values.Sum(count => (double)count.Both);
        double together = counts.Values.Sum(count => (double)count.Gold * count.Predicted);
        double gold = (all * all) - counts.Values.Sum(count => (double)count.Gold * count.Gold);
        double predicted = (all * all) - counts.Values.Sum(count => (double)count.Predicted * count.Predicted);
        return gold == 0 || predicted == 0 ? 0 : ((right * all) - together) / Math.Sqrt(gold * predicted);
    }

    /// <summary>Precision, recall and F1 of one class.</summary>
    public static PrecisionRecall Of(int positive, ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        Counts count = Count(labels, predictions).GetValueOrDefault(positive);
        return PrecisionRecall.Of(count.Both, count.Gold, count.Predicted);
    }

    /// <summary>The mean over classes, all alike.</summary>
    /// <param name="labels">The truth.</param>
    /// <param name="predictions">As many.</param>
    /// <param name="classes">Which classes count; null: those that occur in labels or predictions.</param>
    public static PrecisionRecall Macro(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, IReadOnlyList<int>? classes = null) =>
        Mean(Of(labels, predictions, classes), _ => 1);

    /// <summary>As <see cref="Macro"/>, each class with the weight of its labels.</summary>
    public static PrecisionRecall Weighted(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, IReadOnlyList<int>? classes = null) =>
        Mean(Of(labels, predictions, classes), count => count.Gold);

    /// <summary>As <see cref="Macro"/>, of the counts of all classes together.</summary>
    public static PrecisionRecall Micro(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, IReadOnlyList<int>? classes = null)
    {
        Counts[] counts = Of(labels, predictions, classes);
        return PrecisionRecall.Of(counts.Sum(count => count.Both), counts.Sum(count => count.Gold), counts.Sum(count => count.Predicted));
    }

    private static PrecisionRecall Mean(Counts[] counts, Func<Counts, double> weight)
    {
        double total = counts.Sum(weight), precision = 0, recall = 0, f1 = 0;
        if (total == 0) return default;
        foreach (Counts count in counts)
        {
            PrecisionRecall of = PrecisionRecall.Of(count.Both, count.Gold, count.Predicted);
            double share = weight(count) / total;
            (precision, recall, f1) = (precision + (share * of.Precision), recall + (share * of.Recall), f1 + (share * of.F1));
        }

        return new PrecisionRecall(precision, recall, f1);
    }

    private static Counts[] Of(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, IReadOnlyList<int>? classes)
    {
        Dictionary<int, Counts> counts = Count(labels, predictions);
        return [.. (classes ?? [.. counts.Keys.Order()]).Select(id => counts.GetValueOrDefault(id))];
    }

    private static Dictionary<int, Counts> Count(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        RequireSameLength(labels, predictions);
        var counts = new Dictionary<int, Counts>();
        void Add(int id, int gold, int predicted, int both)
        {
            Counts before = counts.GetValueOrDefault(id);
            counts[id] = new Counts(before.Gold + gold, before.Predicted + predicted, before.Both + both);
        }

        for (int i = 0; i < labels.Length; i++)
        {
            Add(labels[i], 1, 0, labels[i] == predictions[i] ? 1 : 0);
            Add(predictions[i], 0, 1, 0);
        }

        return counts;
    }

    private static void RequireSameLength(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        if (labels.Length != predictions.Length)
            throw new ArgumentException($"{labels.Length} labels need as many predictions, not {predictions.Length}.", nameof(predictions));
    }

    private readonly record struct Counts(long Gold, long Predicted, long Both);
}
