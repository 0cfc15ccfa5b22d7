namespace Electra.FineTuning;

/// <summary>A text, or a pair of texts, with what is true of it: a class, several labels at once, or a number.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text; null where there is one only.</param>
public sealed record TextExample(string Text, string? Pair = null)
{
    /// <summary>What its file calls it; null where it says nothing.</summary>
    public string? Id { get; init; }

    /// <summary>The names of its classes: one, or, where a text can have several labels, any number.</summary>
    /// <value>None: unlabelled, or a number is to be predicted.</value>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The number to predict.</summary>
    /// <value>null: unlabelled, or classes are to be predicted.</value>
    public double? Value { get; init; }
}
