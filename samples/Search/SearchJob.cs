using Electra.Inference;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Samples.Search.Evaluation;
using Electra.Samples.Search.Index;
using Electra.Samples.Search.Options;
using Electra.Samples.Search.Passages;
using Electra.Samples.Search.Ranking;
using Electra.Samples.Search.Reporting;
using TorchSharp;

namespace Electra.Samples.Search;

/// <summary>Carries a plan out: indexes the text, and answers queries.</summary>
/// <param name="plan">What was typed, checked.</param>
/// <param name="device">Where models compute.</param>
/// <param name="progress">Where the work is told of.</param>
internal sealed class SearchJob(SearchPlan plan, torch.Device device, RunConsole progress)
{
    private readonly InferenceOptions options = new() { Device = device };

    /// <summary>Makes what answers queries.</summary>
    public SearchEngine Open(CancellationToken cancellationToken)
    {
        if (plan.Note is not null) progress.Warn(plan.Note);
        (TextEmbedder? embedder, CrossEncoder? reranker) = Load();
        try
        {
            (IReadOnlyList<Passage> passages, VectorIndex? vectors) = new PassageIndexer(plan, progress).Open(embedder, cancellationToken);
            return Engine(passages, vectors, embedder, reranker);
        }
        catch
        {
            embedder?.Dispose();
            reranker?.Dispose();
            throw;
        }
    }

    /// <summary>Answers queries.</summary>
    /// <param name="engine">What <see cref="Open"/> made.</param>
    /// <param name="queries">Any number; blank ones are passed over.</param>
    /// <param name="output">Told what each one found.</param>
    /// <param name="cancellationToken">Stops between two queries.</param>
    public void Answer(SearchEngine engine, IEnumerable<string> queries, IHitWriter output, CancellationToken cancellationToken)
    {
        foreach (string query in queries.Where(query => !string.IsNullOrWhiteSpace(query)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                output.Write(query, engine.Search(query, plan.Top, cancellationToken));
            }
            catch (ArgumentException exception) when (plan.Query is null)
            {
                progress.Warn($"left out: {exception.Message}"); // a query that leaves no room for a passage; there are others
            }
        }
    }

    /// <summary>Measures on the SDK's documentation.</summary>
    /// <param name="documentation">The documentation.</param>
    /// <param name="cancellationToken">Stops between two batches or queries.</param>
    public IReadOnlyDictionary<string, FirstAnswer> Evaluate(SdkDocumentation documentation, CancellationToken cancellationToken)
    {
        if (plan.Note is not null) progress.Warn(plan.Note);
        (TextEmbedder? embedder, CrossEncoder? reranker) = Load();
        var questions = new SdkQuestions(progress.Working("reading the SDK's documentation", _ => documentation.ReadMembers(cancellationToken)));
        Passage[] passages = [.. questions.Passages.Select(passage => new Passage(passage.Assembly, "", passage.Text))];
        VectorIndex? vectors = embedder is null ? null : PassageIndexer.Compute(embedder, passages, progress, cancellationToken);
        using SearchEngine engine = Engine(passages, vectors, embedder, reranker);
        return new CountedWork(progress).Run(
            "questions", "questions", questions.Of(isHeldOut: true, SdkEvaluation.MostQuestions).Count, done => new SdkEvaluation(questions, engine).Run(done, cancellationToken));
    }

    private SearchEngine Engine(IReadOnlyList<Passage> passages, VectorIndex? vectors, TextEmbedder? embedder, CrossEncoder? reranker) => new(passages)
    {
        By = plan.By,
        Encoder = vectors is null ? null : (vectors, embedder!),
        Reranker = reranker,
        RerankedPassages = plan.Reranked,
    };

    private (TextEmbedder?, CrossEncoder?) Load()
    {
        TextEmbedder? embedder = null;
        try
        {
            if (plan.Model is not null) embedder = TextEmbedder.FromPretrained(plan.Model, new EmbeddingOptions { Layer = plan.Layer, Normalize = true }, options);
            return (embedder, plan.Reranker is null ? null : CrossEncoder.FromPretrained(plan.Reranker, options));
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            embedder?.Dispose();
            throw new UsageException(exception.Message);
        }
    }
}
