using System.Buffers;
using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// Finds added tokens in a text, from left to right, the longest of those that begin at one place, by the rules of Hugging Face's engine.
/// </summary>
internal sealed class AddedTokenMatcher
{
    private readonly (string Pattern, AddedToken Token, int Id)[] _longestFirst;
    private readonly SearchValues<string> _search;

    /// <param name="tokens">
    /// What to find and what it stands for; of equal patterns the first counts, where the engine takes one by chance.
    /// </param>
    public AddedTokenMatcher(IEnumerable<(string Pattern, AddedToken Token, int Id)> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(token => token.Pattern.Length)];
        _search = SearchValues.Create([.. _longestFirst.Select(token => token.Pattern)], StringComparison.Ordinal);
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="from">Where to look on; moved.</param>
    /// <param name="taken">Where the last match ended, up to which whitespace is taken.</param>
    /// <param name="match">What was found.</param>
    public bool TryNext(ReadOnlySpan<char> text, ref int from, int taken, out AddedTokenMatch match)
    {
        while (from < text.Length && text[from..].IndexOfAny(_search) is >= 0 and var found)
        {
            int start = from + found;
            (string pattern, AddedToken token, int id) = LongestAt(text[start..]);
            int end = from = start + pattern.Length;
            if (token.SingleWord && !StandsAlone(text, start, end)) continue;
            if (token.LStrip) start = Math.Max(taken, start - CountSpaces(text[..start], fromEnd: true));
            if (token.RStrip) end += CountSpaces(text[end..], fromEnd: false);
            match = new(id, start, end);
            return true;
        }

        match = default;
        return false;
    }

    private (string Pattern, AddedToken Token, int Id) LongestAt(ReadOnlySpan<char> text)
    {
        foreach ((string Pattern, AddedToken Token, int Id) token in _longestFirst)
        {
            if (text.StartsWith(token.Pattern, StringComparison.Ordinal)) return token;
        }

        throw new InvalidOperationException($"no added token starts with '{text[..1]}'");
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        // an unpaired surrogate decodes to U+FFFD, which is no word character
        _ = Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _);
        _ = Rune.DecodeFromUtf16(text[end..], out Rune after, out _);
        return !CharacterRules.IsWordCharacter(before.Value) && !CharacterRules.IsWordCharacter(after.Value);
    }

    private static int CountSpaces(ReadOnlySpan<char> text, bool fromEnd)
    {
        int count = 0;
        while (count < text.Length && CharacterRules.IsWhitespace(text[fromEnd ? ^(count + 1) : count])) count++;
        return count;
    }
}
