using Electra.Inference;
using Electra.Tokenization;

namespace Electra.FineTuning;

/// <summary>Turns texts and pairs into sequences.</summary>
internal static class TextSequences
{
    /// <summary>Frames and cuts texts, the longest of a pair first; many at once, on all processors.</summary>
    /// <param name="tokenizer">The encoder's.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="maxLength">In tokens, special ones included.</param>
    public static TokenSequence[] Of(ElectraTokenizer tokenizer, IReadOnlyList<(string Text, string? Pair)> texts, int maxLength)
    {
        var sequences = new TokenSequence[texts.Count];
        var options = new EncodingOptions { MaxLength = maxLength };
        Parallel.For(0, texts.Count, i => sequences[i] = Of(tokenizer, texts[i].Text, texts[i].Pair, options));
        return sequences;
    }

    private static TokenSequence Of(ElectraTokenizer tokenizer, string text, string? pair, EncodingOptions options)
    {
        TokenizedText tokens = tokenizer.Encode(text, pair, options);
        int second = 0;
        while (second < tokens.Length && tokens.TypeIds[second] == 0) second++;
        return new TokenSequence([.. tokens.Ids], second);
    }
}
