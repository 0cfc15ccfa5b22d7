using System.Buffers;

namespace Electra.Tokenization;

/// <summary>
/// Splits text into normalised words in one pass over a table, and hands to <see cref="BasicTokenizer"/> only those stretches whose
/// characters depend on one another. Special tokens that stand in the text come out whole. Immutable and thread-safe.
/// </summary>
internal sealed class WordSplitter(ElectraTokenizerOptions options, IReadOnlyList<string> specialTokens)
{
    private readonly CharacterTable _table = new(options);
    private readonly BasicTokenizer _basic = new(options);
    private readonly string[] _longestFirst = [.. specialTokens.OrderByDescending(token => token.Length)];
    private readonly SearchValues<string> _specialSearch = SearchValues.Create([.. specialTokens], StringComparison.Ordinal);

    /// <summary>Splits a text.</summary>
    public void Split<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IWordSink => Split(text, isFast: true, ref sink);

    /// <summary>Splits a text character by character; the result is the same, tests compare the two.</summary>
    public void SplitStepByStep<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IWordSink => Split(text, isFast: false, ref sink);

    private void Split<TSink>(ReadOnlySpan<char> text, bool isFast, ref TSink sink)
        where TSink : struct, IWordSink
    {
        for (int start = 0; start < text.Length;)
        {
            int found = text[start..].IndexOfAny(_specialSearch);
            int end = found < 0 ? text.Length : start + found;
            if (isFast) SplitOrdinary(text, start, end, ref sink);
            else _basic.Split(text, start, end, ref sink);
            if (found < 0) return;
            start = end + EmitSpecialToken(text, end, ref sink);
        }
    }

    private int EmitSpecialToken<TSink>(ReadOnlySpan<char> text, int start, ref TSink sink)
        where TSink : struct, IWordSink
    {
        foreach (string token in _longestFirst)
        {
            if (!text[start..].StartsWith(token, StringComparison.Ordinal)) continue;
            sink.AddSpecialToken(token, new(start, start + token.Length));
            return token.Length;
        }

        throw new InvalidOperationException($"no special token starts at index {start}");
    }

    private void SplitOrdinary<TSink>(ReadOnlySpan<char> text, int start, int end, ref TSink sink)
        where TSink : struct, IWordSink
    {
        ReadOnlySpan<CharacterKind> kinds = _table.Kinds;
        ReadOnlySpan<byte> asciiLetters = _table.AsciiLetters;
        var word = new WordBuffer<TSink>(stackalloc char[WordBuffer<TSink>.Capacity], stackalloc TextSpan[WordBuffer<TSink>.SpanCapacity]);
        int wordStart = start; // everything before it has been emitted
        for (int i = start; i < end;)
        {
            char unit = text[i];
            if (unit < asciiLetters.Length && asciiLetters[unit] != 0)
            {
                word.Add((char)asciiLetters[unit], i++);
                continue;
            }

            switch (kinds[unit])
            {
                case CharacterKind.Letter:
                    word.Add(_table.Mapped[unit], i++);
                    break;
                case CharacterKind.Space:
                    word.Flush(ref sink);
                    wordStart = ++i;
                    break;
                case CharacterKind.Single when !IsContextualNext(kinds, text[..end], i + 1):
                    word.Flush(ref sink);
                    word.Add(_table.Mapped[unit], i++);
                    word.Flush(ref sink);
                    wordStart = i;
                    break;
                case CharacterKind.Removed:
                    i++;
                    break;
                case CharacterKind.Expanded:
                    foreach (char part in _table.Expansions[unit]) word.Add(part, i);
                    i++;
                    break;
                default:
                    while (i < end && kinds[text[i]] != CharacterKind.Space) i++;
                    word.Clear();
                    _basic.Split(text, wordStart, i, ref sink);
                    wordStart = i;
                    break;
            }
        }

        word.Flush(ref sink);
    }

    /// <summary>A following mark may fuse even with punctuation: "=" and U+0338 are one character in form C.</summary>
    private static bool IsContextualNext(ReadOnlySpan<CharacterKind> kinds, ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && kinds[text[i]] == CharacterKind.Removed) i++;
        return i < text.Length && kinds[text[i]] == CharacterKind.Contextual;
    }
}
