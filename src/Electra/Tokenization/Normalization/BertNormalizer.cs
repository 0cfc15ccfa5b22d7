using System.Buffers;
using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// BERT's normalisation, step by step as Hugging Face's <c>BertNormalizer</c> does it: clean, isolate Chinese characters, strip accents,
/// lower-case. Handles everything; <see cref="WordSplitter"/> does the common cases faster.
/// </summary>
internal sealed class BertNormalizer(ElectraTokenizerOptions options)
{
    private const int ReplacementCharacter = 0xFFFD;

    /// <summary>Normalises <c>text[start..end]</c>, which holds no added token; unpaired surrogates count as U+FFFD.</summary>
    public List<TracedRune> Normalize(ReadOnlySpan<char> text, int start, int end)
    {
        List<TracedRune> runes = Clean(text, start, end);
        if (options.StripsAccents)
        {
            runes = CanonicalForm.Decompose(runes);
            runes.RemoveAll(rune => CharacterRules.IsAccent(rune.Value));
        }

        if (!options.Lowercase) return runes;
        var lowered = new List<TracedRune>(runes.Count + 4);
        foreach (TracedRune rune in runes) CharacterRules.AppendLower(rune, lowered);
        return lowered;
    }

    private List<TracedRune> Clean(ReadOnlySpan<char> text, int start, int end)
    {
        var runes = new List<TracedRune>(end - start);
        for (int i = start, length; i < end; i += length)
        {
            bool isValid = Rune.DecodeFromUtf16(text[i..end], out Rune rune, out length) == OperationStatus.Done;
            var traced = new TracedRune(isValid ? rune.Value : ReplacementCharacter, new(i, i + length));
            if (options.CleanText)
            {
                if (CharacterRules.IsRemoved(traced.Value)) continue;
                if (CharacterRules.IsWhitespace(traced.Value)) traced = traced with { Value = ' ' };
            }

            bool isIdeograph = options.TokenizeChineseCharacters && CharacterRules.IsIdeograph(traced.Value);
            if (isIdeograph) runes.Add(traced with { Value = ' ' });
            runes.Add(traced);
            if (isIdeograph) runes.Add(traced with { Value = ' ' });
        }

        return runes;
    }
}
