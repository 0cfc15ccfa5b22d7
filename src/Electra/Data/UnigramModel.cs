namespace Electra.Data;

/// <summary>
/// How often each token id occurs in training text. It is the yardstick for a masked language model (a model that ignores the
/// context can't beat its cross-entropy) and the source of plausible random words for the probes. Counting is not thread-safe.
/// </summary>
public sealed class UnigramModel
{
    private readonly long[] counts;
    private readonly bool[] excluded;
    private long[]? cumulative;

    /// <summary>Starts with no counts.</summary>
    /// <param name="vocabSize">Number of token ids.</param>
    /// <param name="excludedIds">Ids that are never counted, drawn or judged: the special tokens.</param>
    public UnigramModel(int vocabSize, IEnumerable<int> excludedIds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabSize);
        ArgumentNullException.ThrowIfNull(excludedIds);
        counts = new long[vocabSize];
        excluded = new bool[vocabSize];
        foreach (int id in excludedIds) excluded[id] = true;
    }

    /// <summary>Counts the tokens of a corpus: of a large one, those of documents at even distances, which is as good.</summary>
    /// <param name="corpus">Usually the training documents of a dataset.</param>
    /// <param name="vocabSize">Number of token ids.</param>
    /// <param name="excludedIds">Ids that are never counted, drawn or judged.</param>
    /// <param name="maximumTokens">About how many tokens are read at most. <value>20,000,000: some tenths of a second.</value></param>
    internal static UnigramModel Of(
        TokenCorpus corpus, int vocabSize, IEnumerable<int> excludedIds, long maximumTokens = 20_000_000)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumTokens);
        var model = new UnigramModel(vocabSize, excludedIds);
        int stride = (int)Math.Min(int.MaxValue / 2, 1 + ((corpus.TokenCount - 1) / maximumTokens));
        var tokens = Array.Empty<long>();
        for (int document = 0; document < corpus.DocumentCount; document += stride)
        {
            int length = corpus.TokensIn(document);
            if (tokens.Length < length) tokens = new long[length];
            corpus.CopyTokens(document, 0, tokens.AsSpan(0, length));
            foreach (long id in tokens.AsSpan(0, length)) model.Add((int)id);
        }

        return model;
    }

    /// <summary>Number of token ids.</summary>
    public int VocabSize => counts.Length;

    /// <summary>Tokens counted so far.</summary>
    public long Total { get; private set; }

    /// <summary>Counts the tokens of some text; excluded ids are passed over.</summary>
    public void Add(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids) Add(id);
    }

    /// <summary>Counts a token, unless its id is excluded.</summary>
    public void Add(int id)
    {
        if (excluded[id]) return;
        counts[id]++;
        Total++;
        cumulative = null;
    }

    /// <summary>How often an id was counted.</summary>
    public long Count(int id) => counts[id];

    /// <summary>True when an id is one of the excluded ones.</summary>
    public bool IsExcluded(int id) => excluded[id];

    /// <summary>The add-one smoothed probability of an id, so that an unseen token costs much but not infinitely much.</summary>
    public double Probability(int id) => (counts[id] + 1.0) / (Total + counts.Length);

    /// <summary>The id that was counted most often; the first of several.</summary>
    public int MostFrequent => Array.IndexOf(counts, counts.Max());

    /// <summary>Mean negative log probability of a text under these counts, in nats a token, excluded ids passed over.</summary>
    /// <returns>0 for a text without tokens.</returns>
    public double CrossEntropy(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        double sum = 0;
        long tokens = 0;
        foreach (int id in ids)
        {
            if (excluded[id]) continue;
            sum -= Math.Log(Probability(id));
            tokens++;
        }

        return tokens == 0 ? 0 : sum / tokens;
    }

    /// <summary>Draws an id with a chance proportional to its count.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public int Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (Total == 0) throw new InvalidOperationException("Count some training text before drawing from it.");
        cumulative ??= Accumulate(counts);
        int found = Array.BinarySearch(cumulative, random.NextInt64(Total) + 1);
        if (found < 0) return ~found;
        // ids with a zero count repeat their predecessor's sum: the first of equal sums is the one that was counted
        while (found > 0 && cumulative[found - 1] == cumulative[found]) found--;
        return found;
    }

    private static long[] Accumulate(long[] counts)
    {
        var sums = new long[counts.Length];
        long sum = 0;
        for (int i = 0; i < counts.Length; i++) sums[i] = sum += counts[i];
        return sums;
    }
}
