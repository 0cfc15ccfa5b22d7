using Electra.Training;

namespace Electra.FineTuning;

/// <summary>Computes the scores of text classifiers.</summary>
internal static class TextScores
{
    /// <summary>What a score is called in reports.</summary>
    public static string NameOf(TextMetric metric) => metric switch
    {
        TextMetric.Accuracy => "accuracy",
        TextMetric.F1 => "f1",
        TextMetric.MacroF1 => "macro_f1",
        TextMetric.MicroF1 => "micro_f1",
        TextMetric.MatthewsCorrelation => "mcc",
        TextMetric.ExactMatch => "exact_match",
        TextMetric.Pearson => "pearson",
        TextMetric.Spearman => "spearman",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "There is no such score."),
    };

    /// <summary>Scores of one class of several.</summary>
    public static double OfClasses(TextMetric metric, int[] truth, int[] predicted) => metric switch
    {
        TextMetric.Accuracy or TextMetric.ExactMatch or TextMetric.MicroF1 => ClassificationScores.Accuracy(truth, predicted),
        TextMetric.F1 => ClassificationScores.Of(1, truth, predicted).F1,
        TextMetric.MacroF1 => ClassificationScores.Macro(truth, predicted).F1,
        TextMetric.MatthewsCorrelation => ClassificationScores.MatthewsCorrelation(truth, predicted),
        _ => throw NotOf(metric, "classes"),
    };

    /// <summary>Scores of several labels at once; rows of as many truth values as there are labels.</summary>
    public static double OfLabels(TextMetric metric, bool[][] truth, bool[][] predicted)
    {
        if (metric is TextMetric.ExactMatch or TextMetric.Accuracy)
            return truth.Zip(predicted).Count(pair => pair.First.AsSpan().SequenceEqual(pair.Second)) / (double)truth.Length;
        int labels = truth[0].Length;
        PrecisionRecall Of(Func<int, bool> counts)
        {
            long both = 0, gold = 0, said = 0;
            for (int row = 0; row < truth.Length; row++)
            {
                for (int label = 0; label < labels; label++)
                {
                    if (!counts(label)) continue;
                    both += truth[row][label] && predicted[row][label] ? 1 : 0;
                    gold += truth[row][label] ? 1 : 0;
                    said += predicted[row][label] ? 1 : 0;
                }
            }

            return PrecisionRecall.Of(both, gold, said);
        }

        return metric switch
        {
            TextMetric.MicroF1 => Of(_ => true).F1,
            TextMetric.MacroF1 => Enumerable.Range(0, labels).Average(label => Of(other => other == label).F1),
            _ => throw NotOf(metric, "several labels at once"),
        };
    }

    /// <summary>Scores of numbers.</summary>
    public static double OfNumbers(TextMetric metric, double[] truth, double[] predicted) => metric switch
    {
        TextMetric.Pearson => Correlation.Pearson(truth, predicted),
        TextMetric.Spearman => Correlation.Spearman(truth, predicted),
        _ => throw NotOf(metric, "numbers"),
    };

    private static ArgumentException NotOf(TextMetric metric, string what) => new($"{metric} is no score of {what}.", nameof(metric));
}
