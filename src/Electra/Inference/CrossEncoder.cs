using Electra.Configuration;
using Electra.Modeling;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// Ranks passages by how well they answer a query, with a fine-tuned model that reads both together: slow beside an index, and more exact, so for the
/// first so many that <see cref="Bm25"/> or another search has found. Any number of threads may ask it at once.
/// </summary>
public sealed class CrossEncoder : IDisposable
{
    private readonly ISequenceModel _model;
    private readonly QueryPassages _pairs;

    private CrossEncoder(ISequenceModel model) => (_model, _pairs) = (model, new QueryPassages(model.Tokenizer, model.MaxLength));

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens of the longest sequence, special ones included.</summary>
    public int MaxLength => _model.MaxLength;

    /// <summary>
    /// Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForSequenceClassification</c>, has written: with one label, whose sigmoid is the score,
    /// or with two classes, of which the second one means relevant and its probability is the score.
    /// </summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none, or other labels.</exception>
    public static CrossEncoder FromPretrained(string folder, InferenceOptions? options = null) => Of(
        Predictor<ElectraForSequenceClassification>.Load(
            folder, "ranking", (model, rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds), options),
        folder);

    /// <summary>Over a model that was loaded from a folder; freed where it is none for ranking.</summary>
    internal static CrossEncoder Of(ISequenceModel model, string folder)
    {
        string? fault = model.Config switch
        {
            { ProblemType: "regression" } => $"predicts numbers (its problem_type is regression): load it with {nameof(TextRegressor)}",
            { NumLabels: 1 } or { NumLabels: 2, ProblemType: not "multi_label_classification" } => null,
            ElectraConfig config => $"tells {config.NumLabels} labels apart, where a re-ranker has one label, or two classes of which the second means relevant: "
                + $"load it with {nameof(TextClassifier)}",
        };
        if (fault is null) return new CrossEncoder(model);
        model.Dispose();
        throw new InvalidDataException($"'{folder}' {fault}.");
    }

    /// <summary>How well a passage answers a query: a probability from 0 to 1.</summary>
    /// <param name="query">The query; it is never cut.</param>
    /// <param name="passage">The passage; its end is cut where it is long.</param>
    /// <exception cref="ArgumentException">The query is blank, or so long that it leaves no room for a passage.</exception>
    public double Score(string query, string passage) => Score(query, [passage])[0];

    /// <summary>How well each of several passages answers a query.</summary>
    /// <param name="query">The query; it is never cut.</param>
    /// <param name="passages">Any number; the end of each is cut where it is long.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One score a passage, in their order, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">The query is blank, or so long that it leaves no room for a passage; or a passage is null.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<double> Score(string query, IReadOnlyList<string> passages, CancellationToken cancellationToken = default) =>
        [.. Ask([(query, passages)], cancellationToken)[0].Select(passage => passage.Score)];

    /// <summary>The passages, those first that answer a query best; those of equal score in their order.</summary>
    /// <param name="query">The query; it is never cut.</param>
    /// <param name="passages">Any number, also none; the end of each is cut where it is long.</param>
    /// <param name="topK">How many at most; positive. <value>Default: all.</value></param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">
    /// The query is blank, or so long that it leaves no room for a passage; a passage is null, or <paramref name="topK"/> is below 1.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<RankedPassage> Rank(string query, IReadOnlyList<string> passages, int? topK = null, CancellationToken cancellationToken = default) =>
        RankAll([(query, passages)], topK, cancellationToken)[0];

    /// <summary>Ranks the passages of many queries, pairs of similar length together.</summary>
    /// <param name="queries">Each with its passages.</param>
    /// <param name="topK">How many at most of each query; positive. <value>Default: all.</value></param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One ranking a query, in their order.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Rank"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<RankedPassage>> RankAll(
        IReadOnlyList<(string Query, IReadOnlyList<string> Passages)> queries, int? topK = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        return [.. Ask(queries, cancellationToken).Select(passages => RankedPassage.Best(passages, topK))];
    }

    /// <summary>As <see cref="Rank"/>, on another thread: for pipelines whose stages are awaited.</summary>
    /// <param name="query">The query; it is never cut.</param>
    /// <param name="passages">Any number, also none; the end of each is cut where it is long.</param>
    /// <param name="topK">How many at most; positive. <value>Default: all.</value></param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The passages, whose <see cref="RankedPassage.Index"/> leads back to what the caller knows of them. Errors are the task's.</returns>
    public Task<IReadOnlyList<RankedPassage>> RankAsync(
        string query, IReadOnlyList<string> passages, int? topK = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Rank(query, passages, topK, cancellationToken), cancellationToken);

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();

    // A passage that a query has twice is asked about once: two rows of a batch may differ in their last bits, and equal passages shall be equal.
    private RankedPassage[][] Ask(IReadOnlyList<(string Query, IReadOnlyList<string> Passages)> queries, CancellationToken cancellationToken)
    {
        TokenSequence[] sequences = _pairs.Of(queries);
        var places = new Dictionary<(int Query, string Passage), int>();
        var asked = new List<TokenSequence>();
        int pair = 0;
        foreach ((int i, (_, IReadOnlyList<string> passages)) in queries.Index())
        {
            foreach (string passage in passages)
            {
                if (places.TryAdd((i, passage), asked.Count)) asked.Add(sequences[pair]);
                pair++;
            }
        }

        float[][] outputs = _model.Run(asked, cancellationToken);
        return
        [
            .. queries.Select((query, i) => query.Passages.Select((passage, index) =>
            {
                int place = places[(i, passage)];
                return new RankedPassage(index, passage, Relevance(outputs[place]), asked[place].IsCut);
            }).ToArray()),
        ];
    }

    private static double Relevance(float[] logits) => logits.Length == 1 ? Probabilities.Sigmoid(logits[0]) : Probabilities.Softmax(logits)[1];
}
