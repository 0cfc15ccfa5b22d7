namespace Electra.Pretraining;

/// <summary>Judges sentences by how sure a discriminator is that each of their tokens is original: one pass a sentence.</summary>
/// <param name="scorer">The discriminator, as <see cref="DiscriminatorScorer.Score"/>: a logit a token, above 0 = replaced.</param>
public sealed class SentenceDetectionScorer(TokenScorer scorer)
{
    /// <summary>
    /// The logarithm of the probability that all tokens are original: the sum of log sigmoid(-logit), in nats. The signature is that of
    /// <see cref="SentenceScorer"/>.
    /// </summary>
    /// <param name="sentences">Token ids without [CLS] and [SEP].</param>
    public IReadOnlyList<double> Sum(IReadOnlyList<int[]> sentences) => [.. scorer(sentences).Select(logits => logits.Sum(LogOriginal))];

    /// <summary>The same a token, so that a longer sentence is not the worse for it; 0 for a sentence without tokens.</summary>
    /// <param name="sentences">Token ids without [CLS] and [SEP].</param>
    public IReadOnlyList<double> Mean(IReadOnlyList<int[]> sentences) =>
        [.. scorer(sentences).Select(logits => logits.Select(LogOriginal).DefaultIfEmpty(0).Average())];

    // log sigmoid(-x) without overflow
    private static double LogOriginal(float logit) => -(Math.Max(logit, 0.0) + Math.Log(1 + Math.Exp(-Math.Abs((double)logit))));
}
