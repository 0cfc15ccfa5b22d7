namespace Electra.Inference;

/// <summary>
/// Ranks passages by the words that they share with a query, by BM25 (Robertson and Zaragoza 2009): the first stage before a
/// <see cref="CrossEncoder"/>, and what that has to beat. Words are those of BERT's tokenizer before it spells them, in lower case, without accents and
/// punctuation. Immutable; any number of threads may ask it at once.
/// </summary>
public sealed class Bm25
{
    private readonly PassageIndex _index;
    private readonly double[] _lengths; // of each passage, as parts of the mean one

    /// <summary>Reads the passages.</summary>
    /// <param name="passages">What is ranked; how rare a word is, is counted over them.</param>
    /// <param name="k1">How slowly further occurrences of a word count less; 0: only the first one counts. <value>Default: 1.2.</value></param>
    /// <param name="b">How far long passages are held against themselves, from 0 to 1. <value>Default: 0.75.</value></param>
    /// <exception cref="ArgumentException">A passage is null, or a number out of its range.</exception>
    public Bm25(IReadOnlyList<string> passages, double k1 = 1.2, double b = 0.75)
    {
        if (!(k1 >= 0 && double.IsFinite(k1))) throw new ArgumentOutOfRangeException(nameof(k1), k1, "k1 must not be negative.");
        if (b is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(b), b, "b must be from 0 to 1.");
        (_index, K1, B) = (new PassageIndex(passages), k1, b);
        double mean = Math.Max(1e-9, _index.Lengths.DefaultIfEmpty().Average());
        _lengths = [.. _index.Lengths.Select(length => length / mean)];
    }

    /// <summary>How slowly further occurrences of a word count less.</summary>
    public double K1 { get; }

    /// <summary>How far long passages are held against themselves.</summary>
    public double B { get; }

    /// <summary>
    /// The score of every passage, in their order: over the words that it shares with the query, the sum of tf / (tf + k1 (1 - b + b length / mean length))
    /// times ln(1 + (N - n + 1/2) / (n + 1/2)); a word that the query repeats counts as often. 0 where it shares none.
    /// </summary>
    /// <param name="query">What is looked for.</param>
    /// <exception cref="ArgumentException">It is blank.</exception>
    public IReadOnlyList<double> Score(string query) => _index.Score(
        query, (asked, holders, passage, times) => asked * _index.Rarity(holders) * times / (times + (K1 * (1 - B + (B * _lengths[passage])))));

    /// <summary>The passages, the best ones first; those of equal score, as those that share no word, in their order.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="topK">How many at most; positive. <value>Default: all.</value></param>
    /// <exception cref="ArgumentException">The query is blank, or <paramref name="topK"/> is below 1.</exception>
    public IReadOnlyList<RankedPassage> Rank(string query, int? topK = null) => _index.Rank(Score(query), topK);
}
