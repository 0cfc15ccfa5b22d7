namespace Electra.Inference;

/// <summary>One text, or one pair, as a model takes it: framed by [CLS] and [SEP], cut to its longest length, without padding.</summary>
/// <param name="Ids">Vocabulary ids.</param>
/// <param name="SecondFrom">Where the second text begins, whose token type is 1; the length where there is none.</param>
internal readonly record struct TokenSequence(int[] Ids, int SecondFrom)
{
    /// <summary>Number of tokens.</summary>
    public int Length => Ids.Length;

    /// <summary>Whether some of the text was left out for want of room.</summary>
    public bool IsCut { get; init; }

    /// <summary>Words that are to be judged; in a prompt.</summary>
    public WordPlace[] Words { get; init; } = [];
}
