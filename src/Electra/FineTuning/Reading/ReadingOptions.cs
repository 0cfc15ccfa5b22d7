namespace Electra.FineTuning;

/// <summary>How labelled files are read.</summary>
public sealed record ReadingOptions
{
    /// <summary>Whether rows that cannot be read are counted and left out; otherwise the first of them is an error.</summary>
    /// <value>false.</value>
    public bool SkipMalformed { get; init; }
}
