using System.CommandLine;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.Search.Options;

/// <summary>The command line: options, their help, and how they become <see cref="SearchArguments"/>.</summary>
internal static class SearchCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/Search -- ):
          "how do I read a file line by line"                    the .NET SDK's own documentation, which is on this machine
          (nothing)                                              asks for queries on the console; :q ends
          --corpus notes "what did we say of the budget"         a folder of text: .txt, .jsonl, .parquet, each also .gz or .zst
          --corpus "notes/**/*.txt" --index notes.index          a glob; what was computed is kept, so that the next start is quick
          --by bm25 "parse a date"                               by words alone: no encoder is needed
          --by both "parse a date"                               by words, and by vectors of the encoder that samples/Pretrain left, as it is
          --model runs/sdk-vectors/seed-0/model "parse a date"   vectors that samples/FineTune has taught: --task sdk-embedding --output runs/sdk-vectors
          --reranker runs/sdk-ranker/seed-0/model "parse a date" the best fifty are read again by a model that samples/FineTune has taught:
                                                                 --task sdk-search --output runs/sdk-ranker
          --queries asked.txt --top 10                           a query a line; lines of JSON out
          --evaluate                                             how good all this is: names of members ask for their summaries

        Passages are found by words (BM25), by vectors of an encoder, or by both, whose rankings are fused: 1/(60 + rank) from each. Vectors come
        from an encoder that was fine-tuned for them; one that is only pre-trained makes the search worse (--evaluate tells), so it is used only when asked for.
        Blank lines part the documents of a text file; passages don't go across them.
        A line of JSON: {"query":"...","hits":[{"rank":1,"source":"notes/a.txt:12","passage":"...","scores":{"bm25":7.1,"embeddings":0.8,"fused":0.03}}]}
        The last score is the one that decides. Progress goes to the error output.
        Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input (nothing is written), 130 interrupted.
        """;

    private static readonly Argument<string[]> Query = new("query") { Description = "What is looked for.", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> Queries = Text("--queries", "file", "Queries from a file, a line each; lines of JSON out.");

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        HelpName = "file|folder|glob",
        Description = "Text to search; may be given several times. A glob needs quotes. Default: the .NET SDK's documentation, a passage a member.",
    };

    private static readonly Option<bool> OneDocumentPerLine = new("--one-document-per-line") { Description = "Every line of a .txt file is a document." };

    private static readonly Option<string?> BadLines = Choice("--bad-lines", ["fail", "skip"], "What to do with lines that are no valid UTF-8 or JSON. Default: fail.");

    private static readonly Option<int?> PassageWords = Number<int>("--passage-words", "Most words of a passage. Default: 100.");

    private static readonly Option<int?> PassageOverlap = Number<int>("--passage-overlap", "How many of them the next passage has, too. Default: 20.");

    private static readonly Option<string?> Model = Text("--model", "folder",
        "The encoder: a Hugging Face or sentence-transformers folder with its tokenizer. Default: runs/pretrain/discriminator, what samples/Pretrain leaves.");

    private static readonly Option<int?> Layer = Number<int>("--layer", "The layer that vectors are taken from; 0: the layers' input. Default: the last.");

    private static readonly Option<string?> By = Choice("--by", ["bm25", "embeddings", "both"], "What passages are found by. Default: both where --model, --layer or --index is given or the encoder was taught vectors, else bm25.");

    private static readonly Option<string?> Reranker = Text("--reranker", "folder", "A cross-encoder that reads the best passages again.");

    private static readonly Option<int?> Rerank = Number<int>("--rerank", "How many it reads. Default: 50.");

    private static readonly Option<string?> Index = Text("--index", "file", "Keeps passages and vectors. One that does not fit text and model is refused.");

    private static readonly Option<int?> Top = Number<int>("--top", "How many passages are shown. Default: 5.");

    private static readonly Option<bool> Json = new("--json") { Description = "Lines of JSON, one a query." };

    private static readonly Option<bool> Evaluate = new("--evaluate") { Description = "Measure each way of finding on the SDK's documentation, beside chance." };

    private static readonly Option<string?> Device = Text("--device", "auto|cpu|cuda[:n]", "auto: the first GPU if there is one, else the CPU.");

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<SearchArguments, int> run)
    {
        var command = new RootCommand("Searches text by words, by vectors and by a re-ranker, and shows the passages.")
        {
            Query, Corpus, Model, By, Reranker, Rerank, Index, Top, Json, Queries, PassageWords, PassageOverlap, OneDocumentPerLine, BadLines, Layer, Evaluate, Device,
        };
        AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static SearchArguments Read(ParseResult result)
    {
        var defaults = new SearchArguments();
        return new SearchArguments
        {
            Query = result.GetValue(Query) ?? [],
            Queries = result.GetValue(Queries),
            Corpus = result.GetValue(Corpus) ?? [],
            OneDocumentPerLine = result.GetValue(OneDocumentPerLine),
            SkipBadLines = result.GetValue(BadLines) == "skip",
            PassageWords = result.GetValue(PassageWords),
            PassageOverlap = result.GetValue(PassageOverlap),
            Model = result.GetValue(Model),
            Layer = result.GetValue(Layer),
            By = result.GetValue(By),
            Reranker = result.GetValue(Reranker),
            Rerank = result.GetValue(Rerank),
            Index = result.GetValue(Index),
            Top = result.GetValue(Top) ?? defaults.Top,
            Json = result.GetValue(Json),
            Evaluate = result.GetValue(Evaluate),
            Device = result.GetValue(Device) ?? defaults.Device,
        };
    }
}
