using Electra.Data;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Search.Passages;
using Electra.Samples.Search.Ranking;

namespace Electra.Samples.Search.Options;

/// <summary>Checks what was typed, before anything is read or written.</summary>
internal static class PlanBuilder
{
    private const int PassageWords = 100, Overlap = 20, Reranked = 50;

    // Either says how a folder makes vectors of texts.
    private static readonly string[] VectorFiles = ["embedding.json", "modules.json"];

    /// <summary>Builds the plan.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="unnamed">The encoder's folder where none was named.</param>
    /// <exception cref="UsageException">Something is missing, out of range, or contradicts something else; says what to do.</exception>
    public static SearchPlan Build(SearchArguments arguments, string unnamed = EncoderFolder.Default)
    {
        RequireSense(arguments);
        string? note = WhyWordsAlone(arguments, unnamed);
        SearchBy by = arguments.By switch
        {
            "bm25" => SearchBy.Bm25,
            "embeddings" => SearchBy.Embeddings,
            _ => note is null ? SearchBy.Both : SearchBy.Bm25,
        };
        int words = arguments.PassageWords ?? PassageWords;
        return new SearchPlan
        {
            By = by,
            Model = by == SearchBy.Bm25 ? null : EncoderFolder.Require(arguments.Model ?? (EncoderFolder.IsModel(unnamed) ? unnamed : null)),
            Layer = arguments.Layer,
            Reranker = arguments.Reranker,
            Reranked = arguments.Rerank ?? Reranked,
            Corpus = arguments.Corpus.Count == 0 ? null : Find(arguments.Corpus),
            Reading = new CorpusOptions { OneDocumentPerLine = arguments.OneDocumentPerLine, SkipMalformed = arguments.SkipBadLines },
            Cutter = new PassageCutter(words, arguments.PassageOverlap ?? Math.Min(Overlap, words / 2)),
            Index = arguments.Index,
            Query = arguments.Query.Count == 0 ? null : string.Join(' ', arguments.Query),
            Queries = arguments.Queries,
            Top = arguments.Top,
            Json = arguments.Json || arguments.Queries is not null,
            Evaluate = arguments.Evaluate,
            Device = arguments.Device,
            Note = note,
        };
    }

    // What is said where vectors are left out unasked: an encoder that was never taught vectors of texts finds worse than words do. Null where they were asked for.
    private static string? WhyWordsAlone(SearchArguments arguments, string unnamed)
    {
        if (arguments is not { By: null, Model: null, Layer: null, Index: null }) return null;
        if (!EncoderFolder.IsModel(unnamed)) return $"{EncoderFolder.NotThere} Until then passages are found by their words alone.";
        return arguments.Evaluate || IsTaughtVectors(unnamed) ? null
            : $"Passages are found by their words alone: the encoder in {unnamed} was never taught vectors of texts, as samples/FineTune --task sdk-embedding does. "
              + "--by both uses it as it is.";
    }

    private static bool IsTaughtVectors(string folder) => VectorFiles.Any(file => File.Exists(Path.Combine(folder, file)));

    private static void RequireSense(SearchArguments arguments)
    {
        if (Problems(arguments).FirstOrDefault() is string problem) throw new UsageException(problem);
    }

    private static IEnumerable<string> Problems(SearchArguments arguments)
    {
        bool isAsked = arguments.Query.Count > 0, isFiles = arguments.Corpus.Count > 0;
        if (arguments.Query.FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal) && !word.Any(char.IsWhiteSpace)) is string option)
            yield return $"'{option}' is no option of this program. See --help.";
        if (arguments.Top < 1) yield return $"--top is {arguments.Top}; it must be positive.";
        if (isAsked && arguments.Query.All(string.IsNullOrWhiteSpace)) yield return "The query is blank.";
        if (isAsked && arguments.Queries is not null) yield return "Give a query or --queries, not both.";
        if (arguments.Queries is string queries && !File.Exists(queries)) yield return $"There is no file '{queries}' of --queries.";
        if (arguments.Rerank is not null && arguments.Reranker is null) yield return "--rerank is for --reranker, which names the model that reads passages again.";
        if (arguments.Rerank < 1) yield return $"--rerank is {arguments.Rerank}; it must be positive.";
        if (arguments.Reranker is string reranker && !EncoderFolder.IsModel(reranker))
            yield return $"--reranker '{reranker}' is no folder with a config.json; samples/FineTune --task sdk-search, or --task ranking, writes one.";
        if (!isFiles && arguments is not { PassageWords: null, PassageOverlap: null, OneDocumentPerLine: false, SkipBadLines: false })
            yield return "How text is read and cut is for --corpus; of the SDK's documentation a passage is a member.";
        if (arguments is { By: "bm25" } and not { Model: null, Layer: null, Index: null })
            yield return "--by bm25 uses no vectors: leave out --model, --layer and --index, or --by.";
        if (arguments.Index is string index && (Directory.Exists(index) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(index)))))
            yield return $"--index '{index}' can be no file: {(Directory.Exists(index) ? "it is a folder" : "its folder does not exist")}.";
        if (arguments.Evaluate && (isAsked || isFiles || arguments is not { Queries: null, Index: null, Json: false }))
            yield return "--evaluate asks questions of its own about the SDK's documentation: no query, --queries, --corpus, --index or --json.";
    }

    private static CorpusFileList Find(IReadOnlyList<string> corpus)
    {
        try
        {
            return CorpusFiles.Find(corpus);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--corpus: {exception.Message}");
        }
    }
}
