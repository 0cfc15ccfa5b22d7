namespace Electra.Inference;

/// <summary>An answer that stands in a context.</summary>
/// <param name="Text">As it stands there.</param>
/// <param name="Start">The UTF-16 unit at which it begins.</param>
/// <param name="Score">Its probability among the answers that were looked at, from 0 to 1.</param>
public sealed record Answer(string Text, int Start, double Score)
{
    /// <summary>Length in UTF-16 units.</summary>
    public int Length => Text.Length;
}
