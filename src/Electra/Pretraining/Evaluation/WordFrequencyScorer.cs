using Electra.Data;

namespace Electra.Pretraining;

/// <summary>
/// Judges tokens by their frequency alone: the rarer, the likelier replaced. What it reaches in a probe needs no knowledge of language, so a
/// discriminator's figure means something only above it.
/// </summary>
/// <param name="unigrams">Word counts of the training text.</param>
public sealed class WordFrequencyScorer(UnigramModel unigrams)
{
    /// <summary>One score a token: its negative log-probability. The signature is that of <see cref="TokenScorer"/>.</summary>
    /// <param name="sequences">Token ids.</param>
    public IReadOnlyList<float[]> Score(IReadOnlyList<int[]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return [.. sequences.Select(sequence => Array.ConvertAll(sequence, id => (float)-Math.Log(unigrams.Probability(id))))];
    }
}
