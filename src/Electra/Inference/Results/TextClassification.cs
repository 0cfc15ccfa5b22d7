namespace Electra.Inference;

/// <summary>What a model says of a text.</summary>
/// <param name="Scores">All labels, the most probable first. They sum to 1 where a text has one class.</param>
/// <param name="Labels">The labels it has: the first one; where a text may have several those above one half, perhaps none.</param>
/// <param name="IsTruncated">Whether the text was longer than the model takes, and its end not looked at.</param>
public sealed record TextClassification(IReadOnlyList<LabelScore> Scores, IReadOnlyList<string> Labels, bool IsTruncated)
{
    /// <summary>The most probable label.</summary>
    public string Label => Scores[0].Label;

    /// <summary>Its probability, from 0 to 1.</summary>
    public double Score => Scores[0].Score;

    /// <summary>Of a text with one class of several.</summary>
    internal static TextClassification OfOne(IEnumerable<string> labels, double[] probabilities, bool isTruncated)
    {
        LabelScore[] sorted = Sorted(labels, probabilities);
        return new TextClassification(sorted, [sorted[0].Label], isTruncated);
    }

    /// <summary>Of a text with any number of labels: those above one half.</summary>
    internal static TextClassification OfSeveral(IEnumerable<string> labels, double[] probabilities, bool isTruncated)
    {
        LabelScore[] sorted = Sorted(labels, probabilities);
        return new TextClassification(sorted, [.. sorted.Where(label => label.Score > 0.5).Select(label => label.Label)], isTruncated);
    }

    private static LabelScore[] Sorted(IEnumerable<string> labels, double[] probabilities) =>
        [.. labels.Zip(probabilities, (label, score) => new LabelScore(label, score)).OrderByDescending(label => label.Score)];
}
