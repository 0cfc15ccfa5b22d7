namespace Electra.Tokenization;

/// <summary>How far short sequences are filled with [PAD].</summary>
public enum PaddingStrategy
{
    /// <summary>Not at all (a batch is rectangular all the same: there it means <see cref="Longest"/>).</summary>
    None,

    /// <summary>To the longest sequence of the batch.</summary>
    Longest,

    /// <summary>To <see cref="EncodingOptions.MaxLength"/>.</summary>
    MaxLength,
}
