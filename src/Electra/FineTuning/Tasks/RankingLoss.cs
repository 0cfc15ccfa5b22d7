namespace Electra.FineTuning;

/// <summary>What a re-ranker learns from.</summary>
public enum RankingLoss
{
    /// <summary>Each passage by itself: the binary cross-entropy of whether it answers its query. An example is a pair of both.</summary>
    Binary,

    /// <summary>
    /// Each relevant passage beside others of its query that are not: log(1 + exp(s- - s+)), where s are logits, as in RankNet (Burges et al. 2005); the
    /// mean over the others. An example is a relevant passage with some of those. Scores then order passages, and are no probabilities.
    /// </summary>
    Pairwise,
}
