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
}
