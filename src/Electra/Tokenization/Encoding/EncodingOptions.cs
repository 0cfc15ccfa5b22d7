namespace Electra.Tokenization;

/// <summary>How texts become sequences of ids.</summary>
public sealed record EncodingOptions
{
    /// <summary>Longest sequence in tokens, special tokens included.</summary>
    /// <value>Default null: no limit.</value>
    public int? MaxLength { get; init; }

    /// <summary>What gives way beyond <see cref="MaxLength"/>.</summary>
    /// <value>Default <see cref="TruncationStrategy.LongestFirst"/>.</value>
    public TruncationStrategy Truncation { get; init; } = TruncationStrategy.LongestFirst;

    /// <summary>How short sequences are filled, on the right.</summary>
    /// <value>Default <see cref="PaddingStrategy.None"/>.</value>
    public PaddingStrategy Padding { get; init; }

    /// <summary>Frame the texts: [CLS] a [SEP], or [CLS] a [SEP] b [SEP].</summary>
    /// <value>Default true.</value>
    public bool AddSpecialTokens { get; init; } = true;
}
