namespace Electra.FineTuning;

/// <summary>What the vectors of texts are taught.</summary>
public enum EmbeddingLoss
{
    /// <summary>Pairs with a score each: the cosine shall be the score, scaled to lie between 0 and 1. The loss is the squared error.</summary>
    Cosine,

    /// <summary>
    /// Pairs with a score each: a pair that scores higher than another of the same update shall have the higher cosine. The loss is
    /// log(1 + sum exp((cos of the lower - cos of the higher) / temperature)) over all such two pairs of the update.
    /// </summary>
    CoSent,

    /// <summary>
    /// Pairs that belong together, as question and passage: of the second texts of an update, each first text shall be nearest to its own. The loss is
    /// cross-entropy over cosines / temperature. A second text that is the own one's like does not count as another.
    /// </summary>
    InfoNce,

    /// <summary>
    /// Single texts, without labels (SimCSE, Gao et al. 2021, arXiv 2104.08821): each goes through the network twice, with different dropout, and shall be
    /// nearest to itself. The loss is that of <see cref="InfoNce"/>.
    /// </summary>
    SimCse,
}
