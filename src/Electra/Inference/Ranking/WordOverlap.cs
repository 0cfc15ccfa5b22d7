namespace Electra.Inference;

/// <summary>
/// Ranks passages by how many different words of a query they hold: the simplest ranking that looks at the query at all. Words are those of
/// <see cref="Bm25"/>. Immutable; any number of threads may ask it at once.
/// </summary>
/// <param name="passages">What is ranked.</param>
/// <param name="isWeighted">Whether a rare word counts more, as much as in <see cref="Bm25"/>. <value>Default: false, each counts 1.</value></param>
/// <exception cref="ArgumentException">A passage is null.</exception>
public sealed class WordOverlap(IReadOnlyList<string> passages, bool isWeighted = false)
{
    private readonly PassageIndex _index = new(passages);

    /// <summary>The score of every passage, in their order.</summary>
    /// <param name="query">What is looked for.</param>
    /// <exception cref="ArgumentException">It is blank.</exception>
    public IReadOnlyList<double> Score(string query) => _index.Score(query, (_, holders, _, _) => isWeighted ? _index.Rarity(holders) : 1);

    /// <summary>The passages, the best ones first; those of equal score in their order.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="topK">How many at most; positive. <value>Default: all.</value></param>
    /// <exception cref="ArgumentException">The query is blank, or <paramref name="topK"/> is below 1.</exception>
    public IReadOnlyList<RankedPassage> Rank(string query, int? topK = null) => _index.Rank(Score(query), topK);
}
