using System.Globalization;
using System.Text;

namespace Electra.Tokenization;

/// <summary>How BERT's basic tokenizer sees one code point: Hugging Face's <c>_is_whitespace</c> and its siblings.</summary>
internal static class CharacterRules
{
    /// <summary>Separates words. U+2028 and U+2029 count because Python's <c>str.split()</c>, which follows, splits on them.</summary>
    public static bool IsWhitespace(Rune rune) => rune.Value is ' ' or '\t' or '\n' or '\r' ||
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;

    /// <summary>Vanishes without separating: NUL, U+FFFD and every code point of a category C*, unassigned ones included.</summary>
    public static bool IsRemoved(Rune rune) => rune.Value is 0 or 0xFFFD || (rune.Value is not ('\t' or '\n' or '\r') &&
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Stands alone: all ASCII that is neither letter, digit, space nor control, and Unicode's P*.</summary>
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value > ' ' && rune.Value < 0x7F && !char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    /// <summary>The blocks that BERT calls Chinese characters; Hangul, kana and newer extensions are not among them.</summary>
    public static bool IsIdeograph(int codePoint) => codePoint is >= 0x4E00 and <= 0x9FFF
        or >= 0x3400 and <= 0x4DBF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2CEAF or >= 0x2F800 and <= 0x2FA1F;

    /// <summary>Vanishes when accents are stripped.</summary>
    public static bool IsAccent(int codePoint) =>
        codePoint >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.NonSpacingMark;

    /// <summary>Appends the invariant lower-case form; one character at a time, as Hugging Face does it, so without final sigma.</summary>
    public static void AppendLower(Rune rune, TextSpan span, List<TracedRune> destination)
    {
        if (rune.Value == 0x130)
        {
            // the only character whose full lower-case mapping is longer than one code point
            destination.Add(new('i', span));
            destination.Add(new(0x307, span));
            return;
        }

        destination.Add(new(Rune.ToLowerInvariant(rune).Value, span));
    }
}
