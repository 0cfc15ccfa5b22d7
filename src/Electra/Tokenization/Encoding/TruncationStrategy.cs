namespace Electra.Tokenization;

/// <summary>Which text gives way when a sequence is longer than <see cref="EncodingOptions.MaxLength"/>; always from its end.</summary>
public enum TruncationStrategy
{
    /// <summary>Nothing is cut.</summary>
    None,

    /// <summary>
    /// From the longer text until it is as short as the other, then from both alike. Of an odd number of tokens that may stay the text that was longer keeps one
    /// more, of equally long ones the second: as Hugging Face's tokenizers do (truncation.rs), where BERT's own code keeps it in the first.
    /// </summary>
    LongestFirst,

    /// <summary>Only the first text.</summary>
    OnlyFirst,

    /// <summary>Only the second text.</summary>
    OnlySecond,
}
