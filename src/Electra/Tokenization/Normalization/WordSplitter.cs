using System.Runtime.CompilerServices;
using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// Splits text into normalised words in one pass over a table, and hands to <see cref="BertNormalizer"/> only those stretches whose
/// characters depend on one another. Added tokens that stand in the text come out whole. Immutable and thread-safe.
/// </summary>
internal sealed class WordSplitter
{
    private const int UsualWordLength = 128;
    private const int MostUnitsOfACharacter = 8; // after decomposition; Unicode has four

    private readonly int _maxWordLength;
    private readonly CharacterTable _table;
    private readonly byte[] _asciiLetters;
    private readonly BertNormalizer _normalizer;
    private readonly AddedTokenMatcher _tokens;
    private readonly AddedTokenMatcher? _normalizedTokens;

    /// <param name="options">How to normalise.</param>
    /// <param name="tokens">The added tokens, special ones first, and their ids.</param>
    /// <exception cref="InvalidDataException">Of an added token nothing is left in normalised text.</exception>
    public WordSplitter(ElectraTokenizerOptions options, IReadOnlyList<(AddedToken Token, int Id)> tokens)
    {
        (_maxWordLength, _table, _normalizer) = (options.MaxInputCharsPerWord, new(options), new(options));
        _asciiLetters = _table.AsciiLetters();
        _tokens = new(tokens.Where(added => !added.Token.IsNormalized).Select(added => (added.Token.Content, added.Token, added.Id)));
        (string, AddedToken, int)[] normalized =
            [.. tokens.Where(added => added.Token.IsNormalized).Select(added => (Pattern(added.Token), added.Token, added.Id))];
        if (normalized.Length > 0) _normalizedTokens = new(normalized);
    }

    /// <summary>Splits a text.</summary>
    public void Split<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IWordSink => Split(text, isFast: _normalizedTokens is null, ref sink);

    /// <summary>Splits a text character by character; the result is the same, tests compare the two.</summary>
    public void SplitStepByStep<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IWordSink => Split(text, isFast: false, ref sink);

    private string Pattern(AddedToken token)
    {
        string pattern = Text(_normalizer.Normalize(token.Content, 0, token.Content.Length));
        return pattern.Length > 0 ? pattern : throw new InvalidDataException(
            $"normalisation leaves nothing of the added token '{token.Content}'; set AddedToken.Normalized to false");
    }

    private void Split<TSink>(ReadOnlySpan<char> text, bool isFast, ref TSink sink)
        where TSink : struct, IWordSink
    {
        int done = 0, from = 0;
        while (_tokens.TryNext(text, ref from, done, out AddedTokenMatch match))
        {
            SplitOrdinary(text, done, match.Start, isFast, ref sink);
            sink.AddToken(match.Id, new(match.Start, match.End));
            done = match.End;
        }

        SplitOrdinary(text, done, text.Length, isFast, ref sink);
    }

    private void SplitOrdinary<TSink>(ReadOnlySpan<char> text, int start, int end, bool isFast, ref TSink sink)
        where TSink : struct, IWordSink
    {
        if (start >= end) return;
        if (isFast)
        {
            SplitFast(text, start, end, ref sink);
            return;
        }

        List<TracedRune> runes = _normalizer.Normalize(text, start, end);
        if (_normalizedTokens is null) BertPreTokenizer.Split(runes, 0, runes.Count, _maxWordLength, ref sink);
        else SplitNormalized(_normalizedTokens, runes, ref sink);
    }

    private void SplitNormalized<TSink>(AddedTokenMatcher tokens, List<TracedRune> runes, ref TSink sink)
        where TSink : struct, IWordSink
    {
        string text = Text(runes);
        int[] runeAt = new int[text.Length + 1];
        for (int i = 0, unit = 0; i < runes.Count; unit += new Rune(runes[i++].Value).Utf16SequenceLength) runeAt[unit] = i;
        runeAt[text.Length] = runes.Count;
        int done = 0, from = 0;
        while (tokens.TryNext(text, ref from, done, out AddedTokenMatch match))
        {
            BertPreTokenizer.Split(runes, runeAt[done], runeAt[match.Start], _maxWordLength, ref sink);
            sink.AddToken(match.Id, new(runes[runeAt[match.Start]].Span.Start, runes[runeAt[match.End] - 1].Span.End));
            done = match.End;
        }

        BertPreTokenizer.Split(runes, runeAt[done], runes.Count, _maxWordLength, ref sink);
    }

    private static string Text(List<TracedRune> runes)
    {
        var text = new StringBuilder(runes.Count);
        foreach (TracedRune rune in runes) text.Append(new Rune(rune.Value).ToString());
        return text.ToString();
    }

    [SkipLocalsInit]
    private void SplitFast<TSink>(ReadOnlySpan<char> text, int start, int end, ref TSink sink)
        where TSink : struct, IWordSink
    {
        CharacterTable table = _table;
        ReadOnlySpan<byte> asciiLetters = _asciiLetters;
        int longest = (int)Math.Min(_maxWordLength, (long)MostUnitsOfACharacter * (end - start));
        bool isUsual = longest <= UsualWordLength;
        Span<char> units = isUsual ? stackalloc char[UsualWordLength] : new char[longest];
        Span<TextSpan> spans = !TSink.NeedsSpans ? default : isUsual ? stackalloc TextSpan[UsualWordLength] : new TextSpan[longest];
        var word = new WordBuffer<TSink>(units[..longest], spans);
        int wordStart = start; // everything before it has been emitted
        for (int i = start; i < end;)
        {
            char unit = text[i];
            if (unit < asciiLetters.Length && asciiLetters[unit] != 0)
            {
                word.Add((char)asciiLetters[unit], i++);
                continue;
            }

            switch (table.Find(unit, out char becomes))
            {
                case CharacterKind.Letter:
                    word.Add(becomes, i++);
                    break;
                case CharacterKind.Space:
                    word.Flush(ref sink);
                    wordStart = ++i;
                    break;
                case CharacterKind.Single:
                    word.Flush(ref sink);
                    word.Add(becomes, i++);
                    word.Flush(ref sink);
                    wordStart = i;
                    break;
                case CharacterKind.Removed:
                    i++;
                    break;
                case CharacterKind.Expanded:
                    foreach (char part in table.Expand(unit)) word.Add(part, i);
                    i++;
                    break;
                default:
                    while (i < end && table.Find(text[i], out _) != CharacterKind.Space) i++;
                    word.Clear();
                    List<TracedRune> runes = _normalizer.Normalize(text, wordStart, i);
                    BertPreTokenizer.Split(runes, 0, runes.Count, _maxWordLength, ref sink);
                    wordStart = i;
                    break;
            }
        }

        word.Flush(ref sink);
    }
}
