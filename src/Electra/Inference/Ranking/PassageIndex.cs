namespace Electra.Inference;

/// <summary>Passages with, for each word, those that hold it. Immutable.</summary>
internal sealed class PassageIndex
{
    private readonly string[] _passages;
    private readonly Dictionary<string, List<(int Passage, int Times)>> _holders = [];

    /// <summary>Reads the passages.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    public PassageIndex(IReadOnlyList<string> passages)
    {
        ArgumentNullException.ThrowIfNull(passages);
        _passages = [.. passages];
        Lengths = new int[_passages.Length];
        for (int i = 0; i < _passages.Length; i++)
        {
            foreach ((string word, int times) in PlainWords.Count(_passages[i] ?? throw new ArgumentException($"Passage {i} is null.", nameof(passages))))
            {
                Lengths[i] += times;
                if (!_holders.TryGetValue(word, out List<(int, int)>? holders)) _holders[word] = holders = [];
                holders.Add((i, times));
            }
        }
    }

    /// <summary>How many words each passage has.</summary>
    public int[] Lengths { get; }

    /// <summary>
    /// How rare a word is: ln(1 + (N - n + 1/2) / (n + 1/2)) of the n among N passages that hold it. Without the 1, as Robertson and Sparck Jones have it,
    /// words of more than half of the passages would count against them.
    /// </summary>
    public double Rarity(int holders) => Math.Log(1 + ((_passages.Length - holders + 0.5) / (holders + 0.5)));

    /// <summary>Sums up what the words of a query are worth to each passage.</summary>
    /// <param name="query">The query; not blank.</param>
    /// <param name="worth">Of a word: how often the query has it, how many passages hold it, which passage, how often that has it.</param>
    /// <returns>One score a passage, 0 where it has no word of the query.</returns>
    public double[] Score(string query, Func<int, int, int, int, double> worth)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(query);
        var scores = new double[_passages.Length];
        foreach ((string word, int asked) in PlainWords.Count(query))
        {
            if (!_holders.TryGetValue(word, out List<(int Passage, int Times)>? holders)) continue;
            foreach ((int passage, int times) in holders) scores[passage] += worth(asked, holders.Count, passage, times);
        }

        return scores;
    }

    /// <summary>The passages by falling score.</summary>
    public IReadOnlyList<RankedPassage> Rank(IReadOnlyList<double> scores, int? topK)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        return RankedPassage.Best(_passages.Select((passage, i) => new RankedPassage(i, passage, scores[i], IsCut: false)), topK);
    }
}
