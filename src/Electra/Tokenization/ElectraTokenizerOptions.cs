namespace Electra.Tokenization;

/// <summary>The choices of BERT's tokenizer that change ids; <c>tokenizer_config.json</c> stores them.</summary>
public sealed record ElectraTokenizerOptions
{
    /// <summary>Lower-case the text (<c>do_lower_case</c>).</summary>
    /// <value>Default true.</value>
    public bool Lowercase { get; init; } = true;

    /// <summary>Remove accents (<c>strip_accents</c>): decompose and drop non-spacing marks.</summary>
    /// <value>Default null: as <see cref="Lowercase"/>.</value>
    public bool? StripAccents { get; init; }

    /// <summary>Make every Chinese character a word of its own (<c>tokenize_chinese_chars</c>).</summary>
    /// <value>Default true.</value>
    public bool TokenizeChineseCharacters { get; init; } = true;

    /// <summary>Token that fills short sequences.</summary>
    /// <value>Default <c>[PAD]</c>.</value>
    public string PadToken { get; init; } = "[PAD]";

    /// <summary>Token of words that the vocabulary cannot spell.</summary>
    /// <value>Default <c>[UNK]</c>.</value>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>Token that opens a sequence.</summary>
    /// <value>Default <c>[CLS]</c>.</value>
    public string ClsToken { get; init; } = "[CLS]";

    /// <summary>Token that ends each text of a sequence.</summary>
    /// <value>Default <c>[SEP]</c>.</value>
    public string SepToken { get; init; } = "[SEP]";

    /// <summary>Token that hides a word from the generator.</summary>
    /// <value>Default <c>[MASK]</c>.</value>
    public string MaskToken { get; init; } = "[MASK]";

    internal bool StripsAccents => StripAccents ?? Lowercase;
}
