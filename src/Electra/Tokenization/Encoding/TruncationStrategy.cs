namespace Electra.Tokenization;

/// <summary>Which text gives way when a sequence is longer than <see cref="EncodingOptions.MaxLength"/>; always from its end.</summary>
public enum TruncationStrategy
{
    /// <summary>Nothing is cut.</summary>
    None,

    /// <summary>Token by token from the longer text; from the second when both are equally long.</summary>
    LongestFirst,

    /// <summary>Only the first text.</summary>
    OnlyFirst,

    /// <summary>Only the second text.</summary>
    OnlySecond,
}
