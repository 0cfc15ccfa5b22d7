namespace Electra.Tokenization;

/// <summary>How Hugging Face's engine sees one code point in a BERT tokenizer.</summary>
internal static class CharacterRules
{
    /// <summary>The one code point whose lower-case form is two.</summary>
    private const int CapitalIWithDot = 0x130;

    /// <summary>Separates words: Unicode's White_Space.</summary>
    public static bool IsWhitespace(int codePoint) => codePoint is (>= 0x9 and <= 0xD) or 0x20 or 0x85 or 0xA0 or 0x1680
        or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    /// <summary>Vanishes without separating when text is cleaned: NUL, U+FFFD, and Cc, Cf and Co but for tab and line ends.</summary>
    public static bool IsRemoved(int codePoint) => UnicodeTables.Removed.Contains(codePoint);

    /// <summary>Stands alone: all ASCII that is neither letter, digit, space nor control, and Unicode's P*.</summary>
    public static bool IsPunctuation(int codePoint) => UnicodeTables.Punctuation.Contains(codePoint);

    /// <summary>Vanishes when accents are stripped.</summary>
    public static bool IsAccent(int codePoint) => codePoint >= 0x300 && UnicodeTables.NonSpacingMarks.Contains(codePoint);

    /// <summary>Part of a word for added tokens that must be one: a regular expression's <c>\w</c>.</summary>
    public static bool IsWordCharacter(int codePoint) => UnicodeTables.WordCharacters.Contains(codePoint);

    /// <summary>
    /// The blocks that BERT calls Chinese characters; Hangul, kana and newer extensions are not among them, nor, by an error of the
    /// engine that is repeated here, are U+2B820 to U+2B91F.
    /// </summary>
    public static bool IsIdeograph(int codePoint) => codePoint is (>= 0x4E00 and <= 0x9FFF)
        or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Appends the lower-case form; one code point at a time, so without final sigma.</summary>
    public static void AppendLower(TracedRune rune, List<TracedRune> destination)
    {
        if (rune.Value == CapitalIWithDot)
        {
            destination.Add(rune with { Value = 'i' });
            destination.Add(rune with { Value = 0x307 });
            return;
        }

        destination.Add(rune with { Value = UnicodeTables.LowerCase.GetValueOrDefault(rune.Value, rune.Value) });
    }
}
