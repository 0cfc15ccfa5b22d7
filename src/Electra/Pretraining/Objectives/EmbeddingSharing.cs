namespace Electra.Pretraining;

/// <summary>Which embeddings generator and discriminator have in common.</summary>
public enum EmbeddingSharing
{
    /// <summary>Word, position and token-type tables and the embedding LayerNorm, as in Google's code.</summary>
    All,

    /// <summary>Word and position tables only, as the paper's text says.</summary>
    WordAndPosition,

    /// <summary>None.</summary>
    None,

    /// <summary>
    /// Word and position tables, but the discriminator's gradient does not reach the generator's: its tables are the generator's plus what it has learned
    /// itself (gradient-disentangled embedding sharing, He et al. 2021, arXiv 2111.09543).
    /// </summary>
    GradientDisentangled,
}
