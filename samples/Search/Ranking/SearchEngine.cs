using Electra.Inference;
using Electra.Samples.Search.Index;
using Electra.Samples.Search.Passages;

namespace Electra.Samples.Search.Ranking;

/// <summary>Finds passages: by words, by vectors or by both, and has the first of them read again by a re-ranker.</summary>
internal sealed class SearchEngine : IDisposable
{
    // How many of each ranking are fused; what comes later would add next to nothing.
    private const int Fused = 1000;

    private readonly IReadOnlyList<Passage> _passages;
    private readonly Bm25 _bm25;

    /// <summary>Counts the words of the passages.</summary>
    public SearchEngine(IReadOnlyList<Passage> passages) => (_passages, _bm25) = (passages, new Bm25([.. passages.Select(passage => passage.Searched)]));

    /// <summary>What passages are found by.</summary>
    public SearchBy By { get; init; } = SearchBy.Bm25;

    /// <summary>Their vectors, and what makes the query's; null where nothing is found by them.</summary>
    public (VectorIndex Vectors, TextEmbedder Embedder)? Encoder { get; init; }

    /// <summary>Reads the best ones again; null for none.</summary>
    public CrossEncoder? Reranker { get; init; }

    /// <summary>How many it reads.</summary>
    public int RerankedPassages { get; init; } = 50;

    /// <summary>How many passages there are.</summary>
    public int Count => _passages.Count;

    /// <summary>The best passages.</summary>
    /// <param name="query">Not blank.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="cancellationToken">Stops the re-ranker between two batches.</param>
    public IReadOnlyList<Hit> Search(string query, int top, CancellationToken cancellationToken)
    {
        Dictionary<string, double[]> scores = Scores(query, By);
        double[] deciding = scores.Values.Last();
        int[] found = [.. Best(deciding, Reranker is null ? top : Math.Max(top, RerankedPassages))];
        IEnumerable<(int Passage, double? Again)> order = found.Select(passage => (passage, (double?)null));
        if (Reranker is not null)
            order = Rerank(query, found, cancellationToken).Take(top).Select(passage => (passage.Passage, (double?)passage.Score));
        return [.. order.Select(item => new Hit(_passages[item.Passage], Told(item.Passage, item.Again)))];

        Dictionary<string, double> Told(int passage, double? again)
        {
            Dictionary<string, double> told = scores.Where(of => of.Key == "embeddings" || of.Value[passage] > 0).ToDictionary(of => of.Key, of => of.Value[passage]);
            if (again is double score) told["reranker"] = score;
            return told;
        }
    }

    /// <summary>The score of every passage, by each way that is needed; the last one decides.</summary>
    public Dictionary<string, double[]> Scores(string query, SearchBy by)
    {
        var scores = new Dictionary<string, double[]>();
        if (by != SearchBy.Embeddings) scores["bm25"] = [.. _bm25.Score(query)];
        if (by != SearchBy.Bm25) scores["embeddings"] = Encoder!.Value.Vectors.Scores(Encoder.Value.Embedder.Embed(query));
        if (by == SearchBy.Both) scores["fused"] = RankFusion.Scores(Count, [.. scores.Values.ToArray().Select(one => Best(one, Fused))]);
        return scores;
    }

    /// <summary>The passages by falling score, as the re-ranker reads them; equal ones in their order.</summary>
    public IEnumerable<(int Passage, double Score)> Rerank(string query, int[] passages, CancellationToken cancellationToken) =>
        Reranker!.Rank(query, [.. passages.Select(passage => _passages[passage].Text)], cancellationToken: cancellationToken)
            .Select(passage => (passages[passage.Index], passage.Score));

    /// <summary>Frees the models.</summary>
    public void Dispose()
    {
        Encoder?.Embedder.Dispose();
        Reranker?.Dispose();
    }

    /// <summary>The passages of the largest scores above 0, equal ones in their order.</summary>
    public static IEnumerable<int> Best(IReadOnlyList<double> scores, int top) =>
        Enumerable.Range(0, scores.Count).Where(i => scores[i] > 0).OrderByDescending(i => scores[i]).Take(top);
}
