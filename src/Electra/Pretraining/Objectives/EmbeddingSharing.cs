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
}
