using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>What a discriminator says of the words of prompts, and what that makes of their classes.</summary>
internal static class PromptScores
{
    /// <summary>The "replaced" logit of each word, in one pass.</summary>
    /// <param name="model">The discriminator.</param>
    /// <param name="rows">Sequences with as many words each.</param>
    /// <param name="average">How pieces of a word are put together.</param>
    /// <returns>float32 (rows, words)</returns>
    public static Tensor Of(ElectraForPreTraining model, TokenRows rows, PieceAverage average)
    {
        Tensor shares = Shares(rows, model.Device); // (rows, words, seq)
        if (average == PieceAverage.Logits)
        {
            Tensor logits = model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds); // (rows, seq)
            return shares.matmul(logits.unsqueeze(-1)).squeeze(-1);
        }

        Tensor hidden = model.Electra.Encode(
            rows.InputIds, rows.AttentionMask, rows.TokenTypeIds, positionIds: null, inputsEmbeds: null, layout: null, firstOnly: false); // (rows, seq, hidden)
        return model.Judge(shares.to(hidden.dtype).matmul(hidden));
    }

    /// <summary>The "replaced" logit of each word, from those of all tokens: the mean of its pieces'.</summary>
    public static float[] OfWords(TokenSequence sequence, float[] logits) =>
        [.. sequence.Words.Select(word => (float)logits.Skip(word.Start).Take(word.Length).Average(logit => (double)logit))];

    /// <summary>Scores of classes, of which a softmax makes probabilities.</summary>
    /// <param name="words">The words' logits.</param>
    /// <param name="classes">The class of each word.</param>
    /// <param name="scoring">How they are judged.</param>
    public static float[] OfClasses(float[] words, IReadOnlyList<int> classes, PromptScoring scoring)
    {
        var scores = new float[classes[^1] + 1];
        for (int of = 0; of < scores.Length; of++)
        {
            double[] own = [.. words.Where((_, word) => classes[word] == of).Select(logit => (double)logit)];
            scores[of] = (float)(scoring == PromptScoring.Probability ? Math.Log(own.Average(logit => 1 / (1 + Math.Exp(logit)))) : -own.Average());
        }

        return scores;
    }

    /// <summary>One over a word's tokens at each of them, else 0. float32 (rows, words, seq)</summary>
    private static Tensor Shares(TokenRows rows, Device device)
    {
        int words = rows.Sequences[0].Words.Length, length = (int)rows.InputIds.shape[1];
        var shares = new float[rows.Sequences.Count * words * length];
        foreach ((int row, TokenSequence sequence) in rows.Sequences.Index())
        {
            foreach ((int word, WordPlace place) in sequence.Words.Index())
                shares.AsSpan((((row * words) + word) * length) + place.Start, place.Length).Fill(1f / place.Length);
        }

        return tensor(shares, [rows.Sequences.Count, words, length], device: device);
    }
}
