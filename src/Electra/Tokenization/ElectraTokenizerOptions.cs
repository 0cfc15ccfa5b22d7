namespace Electra.Tokenization;

/// <summary>The choices of BERT's tokenizer; <c>tokenizer.json</c> and <c>tokenizer_config.json</c> store them.</summary>
public sealed record ElectraTokenizerOptions
{
    internal const int LongestWord = 1_000_000;

    /// <summary>Remove control characters and read every kind of whitespace as a space (<c>clean_text</c>).</summary>
    /// <value>Default true.</value>
    public bool CleanText { get; init; } = true;

    /// <summary>Lower-case the text (<c>do_lower_case</c>).</summary>
    /// <value>Default true.</value>
    public bool Lowercase { get; init; } = true;

    /// <summary>Remove accents (<c>strip_accents</c>): decompose and drop non-spacing marks.</summary>
    /// <value>Default null: as <see cref="Lowercase"/>.</value>
    public bool? StripAccents { get; init; }

    /// <summary>Make every Chinese character a word of its own (<c>tokenize_chinese_chars</c>).</summary>
    /// <value>Default true.</value>
    public bool TokenizeChineseCharacters { get; init; } = true;

    /// <summary>Longest word, in code points, that is spelled; a longer one is [UNK] (<c>max_input_chars_per_word</c>).</summary>
    /// <value>Default 100; from 1 to 1,000,000.</value>
    public int MaxInputCharsPerWord { get; init; } = 100;

    /// <summary>
    /// Tokens that are found in the text before it is split into words. Those that the vocabulary lacks get the ids after it, in this
    /// order. The five special tokens need no entry; one of theirs says how they are found.
    /// </summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>
    /// Longest sequence that the model takes, for whoever reads the saved files (<c>model_max_length</c>): Hugging Face's pipelines
    /// and the predictors here cut there, and nothing when it is missing. Encoding here goes by <see cref="EncodingOptions.MaxLength"/> alone.
    /// </summary>
    /// <value>Default null: what <see cref="ElectraTokenizer.SavePretrained"/> is told.</value>
    public int? ModelMaxLength { get; init; }

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

    internal string[] SpecialTokens => [PadToken, UnknownToken, ClsToken, SepToken, MaskToken];

    /// <summary>All tokens to find in the text: the special ones, with their own entries if they have any, then the others.</summary>
    internal IReadOnlyList<AddedToken> AllAddedTokens()
    {
        string[] special = [.. SpecialTokens.Distinct()];
        IEnumerable<AddedToken> named = special.Select(content =>
            AddedTokens.FirstOrDefault(token => token.Content == content) ?? new() { Content = content, Special = true });
        return [.. named, .. AddedTokens.Where(token => !special.Contains(token.Content))];
    }

    internal ElectraTokenizerOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInputCharsPerWord, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxInputCharsPerWord, LongestWord);
        if (ModelMaxLength is int length) ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(ModelMaxLength));
        var seen = new HashSet<string>();
        foreach (AddedToken token in AddedTokens)
        {
            if (string.IsNullOrEmpty(token.Content)) throw new ArgumentException("an added token must not be empty", nameof(AddedTokens));
            if (!seen.Add(token.Content)) throw new ArgumentException($"'{token.Content}' is added twice", nameof(AddedTokens));
        }

        return this;
    }
}
