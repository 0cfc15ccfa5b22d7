namespace Electra.Pretraining;

/// <summary>A held-out sentence in which one word was swapped for a random other word.</summary>
/// <param name="Ids">The sentence as the discriminator reads it, without [CLS] and [SEP].</param>
/// <param name="Words">Its words as ranges of tokens.</param>
/// <param name="SwappedWord">Index into <paramref name="Words"/>.</param>
/// <param name="Original">The tokens that stood there.</param>
/// <param name="SwappableWords">How many words could have been chosen: the chance of guessing is one in that many.</param>
public sealed record SwapProbeItem(int[] Ids, IReadOnlyList<Range> Words, int SwappedWord, int[] Original, int SwappableWords)
{
    /// <summary>A word's score is the highest of its pieces' scores.</summary>
    /// <param name="tokenScores">One score a token of <see cref="Ids"/>.</param>
    public float[] WordScores(float[] tokenScores)
    {
        ArgumentNullException.ThrowIfNull(tokenScores);
        return [.. Words.Select(word => tokenScores[word].Max())];
    }
}
