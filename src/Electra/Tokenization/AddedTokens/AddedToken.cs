namespace Electra.Tokenization;

/// <summary>
/// A token that is found in the text as it stands, before anything is split into words: Hugging Face's <c>AddedToken</c>.
/// </summary>
public sealed record AddedToken
{
    /// <summary>The token.</summary>
    /// <value>No default; not empty.</value>
    public required string Content { get; init; }

    /// <summary>Left out by <see cref="ElectraTokenizer.Decode"/> when special tokens are skipped (<c>special</c>).</summary>
    /// <value>Default false.</value>
    public bool Special { get; init; }

    /// <summary>Takes the whitespace before it with it (<c>lstrip</c>).</summary>
    /// <value>Default false.</value>
    public bool LStrip { get; init; }

    /// <summary>Takes the whitespace after it with it (<c>rstrip</c>).</summary>
    /// <value>Default false.</value>
    public bool RStrip { get; init; }

    /// <summary>Is found only where no letter, digit, mark or underscore stands beside it (<c>single_word</c>).</summary>
    /// <value>Default false.</value>
    public bool SingleWord { get; init; }

    /// <summary>
    /// Is found in the normalised text, in its normalised form, so that <c>New York</c> is found in "NEW YORK" where text is lower-cased
    /// (<c>normalized</c>); otherwise in the text as it came.
    /// </summary>
    /// <value>Default null: exactly when it is not <see cref="Special"/>.</value>
    public bool? Normalized { get; init; }

    internal bool IsNormalized => Normalized ?? !Special;

    /// <summary>Whether it says anything beyond what every special token is.</summary>
    internal bool IsPlainSpecial => Special && !LStrip && !RStrip && !SingleWord && !IsNormalized;
}
