namespace Electra.Inference;

/// <summary>A stretch of a text that a model has tagged.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Text">As it stands in the text.</param>
/// <param name="Start">The UTF-16 unit at which it begins.</param>
/// <param name="Score">The mean probability of its words' tags, from 0 to 1.</param>
public sealed record TextEntity(string Type, string Text, int Start, double Score)
{
    /// <summary>Length in UTF-16 units.</summary>
    public int Length => Text.Length;
}
