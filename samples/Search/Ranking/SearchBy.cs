namespace Electra.Samples.Search.Ranking;

/// <summary>What passages are found by.</summary>
internal enum SearchBy
{
    /// <summary>The words they share with the query.</summary>
    Bm25,

    /// <summary>How near their vectors are to the query's.</summary>
    Embeddings,

    /// <summary>Both, fused by rank.</summary>
    Both,
}
