namespace Electra.Training;

/// <summary>How well scores tell positive items from negative ones; for replaced token detection, positive = replaced.</summary>
/// <param name="Count">Items judged.</param>
/// <param name="Positives">How many of them are truly positive.</param>
/// <param name="Accuracy">Share judged right at the threshold; 0 when there are no items.</param>
/// <param name="Precision">True positives over predicted positives; 0 when nothing was predicted positive.</param>
/// <param name="Recall">True positives over positives; 0 when there are no positives.</param>
/// <param name="AreaUnderCurve">Area under the ROC curve, ties one half; 0.5 when one class is absent.</param>
public sealed record BinaryClassificationMetrics(
    long Count, long Positives, double Accuracy, double Precision, double Recall, double AreaUnderCurve)
{
    /// <summary>Share of items that are positive.</summary>
    public double PositiveRate => Ratio(Positives, Count);

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures() =>
    [
        ("accuracy", Accuracy), ("precision", Precision), ("recall", Recall), ("area_under_curve", AreaUnderCurve),
        ("replaced_share", PositiveRate),
    ];

    /// <summary>Computes all metrics from scores and truths.</summary>
    /// <param name="scores">For logits, above 0 means "positive". No NaN.</param>
    /// <param name="isPositive">The truth, as long as <paramref name="scores"/>.</param>
    /// <param name="threshold">Scores above it are predicted positive. <value>0, the even point of a logit.</value></param>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static BinaryClassificationMetrics Compute(ReadOnlySpan<float> scores, ReadOnlySpan<bool> isPositive, float threshold = 0)
    {
        double areaUnderCurve = RankStatistics.AreaUnderRocCurve(scores, isPositive);
        long positives = 0, predicted = 0, truePositives = 0, right = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            bool prediction = scores[i] > threshold;
            if (isPositive[i]) positives++;
            if (prediction) predicted++;
            if (prediction && isPositive[i]) truePositives++;
            if (prediction == isPositive[i]) right++;
        }

        return new BinaryClassificationMetrics(scores.Length, positives, Ratio(right, scores.Length), Ratio(truePositives, predicted),
            Ratio(truePositives, positives), areaUnderCurve);
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
