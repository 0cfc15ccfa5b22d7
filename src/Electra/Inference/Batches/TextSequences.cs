using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>Turns texts and pairs into sequences.</summary>
internal static class TextSequences
{
    private const int FewTexts = 16;

    /// <summary>Frames and cuts texts, the longest of a pair first; many at once, on all processors.</summary>
    /// <param name="tokenizer">The encoder's.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="maxLength">In tokens, special ones included.</param>
    public static TokenSequence[] Of(ElectraTokenizer tokenizer, IReadOnlyList<(string Text, string? Pair)> texts, int maxLength)
    {
        var sequences = new TokenSequence[texts.Count];
        var options = new EncodingOptions { MaxLength = maxLength };
        ForEach(texts.Count, i => sequences[i] = Of(tokenizer, texts[i].Text, texts[i].Pair, options));
        return sequences;
    }

    /// <summary>Encodes texts one by one; many at once, on all processors.</summary>
    /// <param name="count">Number of texts.</param>
    /// <param name="encode">Takes the number of one.</param>
    public static void ForEach(int count, Action<int> encode)
    {
        if (count <= FewTexts)
            for (int i = 0; i < count; i++) encode(i);
        else
            Parallel.For(0, count, encode);
    }

    private static TokenSequence Of(ElectraTokenizer tokenizer, string text, string? pair, EncodingOptions options)
    {
        TokenizedText tokens = tokenizer.Encode(text, pair, options);
        int second = 0;
        while (second < tokens.Length && tokens.TypeIds[second] == 0) second++;
        bool isCut = tokens.Length == options.MaxLength
            && (End(tokens, 0) < text.AsSpan().TrimEnd().Length || (pair is not null && End(tokens, 1) < pair.AsSpan().TrimEnd().Length));
        return new TokenSequence([.. tokens.Ids], second) { IsCut = isCut };
    }

    private static int End(TokenizedText tokens, int text)
    {
        for (int i = tokens.Length - 1; i >= 0; i--) if (tokens.TextIndices[i] == text) return tokens.Offsets[i].End;
        return 0;
    }
}
