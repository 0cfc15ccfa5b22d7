using System.Text;

namespace Electra.Tokenization;

/// <summary>Splits normalised text into words at whitespace and around punctuation, as Hugging Face's <c>BertPreTokenizer</c>.</summary>
internal static class BertPreTokenizer
{
    /// <summary>Splits <c>runes[start..end]</c>.</summary>
    public static void Split<TSink>(List<TracedRune> runes, int start, int end, int maxWordLength, ref TSink sink)
        where TSink : struct, IWordSink
    {
        int wordStart = start;
        for (int i = start; i < end; i++)
        {
            bool isPunctuation = CharacterRules.IsPunctuation(runes[i].Value);
            if (!isPunctuation && !CharacterRules.IsWhitespace(runes[i].Value)) continue;
            EmitWord(runes, wordStart, i, maxWordLength, ref sink);
            if (isPunctuation) EmitWord(runes, i, i + 1, maxWordLength, ref sink);
            wordStart = i + 1;
        }

        EmitWord(runes, wordStart, end, maxWordLength, ref sink);
    }

    private static void EmitWord<TSink>(List<TracedRune> runes, int start, int end, int maxWordLength, ref TSink sink)
        where TSink : struct, IWordSink
    {
        if (start >= end) return;
        if (end - start > maxWordLength)
        {
            sink.AddOverlongWord(new(runes[start].Span.Start, runes[end - 1].Span.End));
            return;
        }

        const int UsualUnits = 256;
        int capacity = 2 * (end - start);
        Span<char> word = capacity <= UsualUnits ? stackalloc char[UsualUnits] : new char[capacity];
        Span<TextSpan> spans = capacity <= UsualUnits ? stackalloc TextSpan[UsualUnits] : new TextSpan[capacity];
        int length = 0;
        for (int i = start; i < end; i++)
        {
            int units = new Rune(runes[i].Value).EncodeToUtf16(word[length..]);
            spans.Slice(length, units).Fill(runes[i].Span);
            length += units;
        }

        sink.AddWord(word[..length], spans[..length]);
    }
}
