using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// BERT's basic tokenizer, step by step as Hugging Face's <c>BasicTokenizer</c> does it: lower-case, clean, isolate Chinese characters,
/// normalise, split on punctuation. Handles everything; <see cref="WordSplitter"/> does the common cases faster.
/// </summary>
internal sealed class BasicTokenizer(ElectraTokenizerOptions options)
{
    /// <summary>Longest word in code points that WordPiece tries to spell.</summary>
    public const int MaxWordLength = 100;

    /// <summary>Splits <c>text[start..end]</c>, which holds no special token.</summary>
    public void Split<TSink>(ReadOnlySpan<char> text, int start, int end, ref TSink sink)
        where TSink : struct, IWordSink
    {
        var lowered = new List<TracedRune>(2);
        var token = new List<TracedRune>();
        for (int i = start; i < end;)
        {
            // an unpaired surrogate is of category Cs, which cleaning removes
            bool isValid = Rune.DecodeFromUtf16(text[i..end], out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            var span = new TextSpan(i, i + length);
            i += length;
            if (!isValid || CharacterRules.IsRemoved(rune)) continue;
            if (CharacterRules.IsWhitespace(rune))
            {
                EmitToken(token, ref sink);
                continue;
            }

            lowered.Clear();
            if (options.Lowercase) CharacterRules.AppendLower(rune, span, lowered);
            else lowered.Add(new(rune.Value, span));
            bool isIdeograph = options.TokenizeChineseCharacters && CharacterRules.IsIdeograph(lowered[0].Value);
            if (isIdeograph) EmitToken(token, ref sink);
            token.AddRange(lowered);
            if (isIdeograph) EmitToken(token, ref sink);
        }

        EmitToken(token, ref sink);
    }

    private void EmitToken<TSink>(List<TracedRune> token, ref TSink sink)
        where TSink : struct, IWordSink
    {
        if (token.Count == 0) return;
        // Hugging Face composes first and decomposes again to strip accents: the same as decomposing at once
        List<TracedRune> normalised = options.StripsAccents ? CanonicalForm.Decompose(token) : CanonicalForm.Compose(token);
        if (options.StripsAccents) normalised.RemoveAll(rune => CharacterRules.IsAccent(rune.Value));
        token.Clear();
        int wordStart = 0;
        for (int i = 0; i < normalised.Count; i++)
        {
            if (!CharacterRules.IsPunctuation(new Rune(normalised[i].Value))) continue;
            EmitWord(normalised, wordStart, i, ref sink);
            EmitWord(normalised, i, i + 1, ref sink);
            wordStart = i + 1;
        }

        EmitWord(normalised, wordStart, normalised.Count, ref sink);
    }

    private static void EmitWord<TSink>(List<TracedRune> runes, int start, int end, ref TSink sink)
        where TSink : struct, IWordSink
    {
        if (start == end) return;
        if (end - start > MaxWordLength)
        {
            sink.AddOverlongWord(new(runes[start].Span.Start, runes[end - 1].Span.End));
            return;
        }

        Span<char> word = stackalloc char[2 * MaxWordLength];
        Span<TextSpan> spans = stackalloc TextSpan[2 * MaxWordLength];
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
