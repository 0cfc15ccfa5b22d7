using System.CommandLine;
using Electra.Data;
using Electra.Tokenization;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;

namespace Electra.Benchmarks.Vocabularies;

/// <summary>The command line of <c>vocabulary</c>.</summary>
internal static class VocabularyCommand
{
    private const string Explanation =
        "What vocabularies of a text make of a tenth of it that they were not learned from, with alphabets of several sizes. "
        + "Words are those of the tokenizer: between spaces, around punctuation, each Chinese character. Nothing is timed.";

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        HelpName = "path or glob",
        Description = "Text (.txt, .jsonl, .parquet, plain, .gz or .zst). Every tenth document is held out.",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };

    private static readonly Option<int?> Size = Number("--vocab-size", "Tokens of each vocabulary. Default: 8000.", 6);
    private static readonly Option<int?> Alphabet = Number("--alphabet", "Characters of the alphabet to compare with. Default: 1000.", 1);
    private static readonly Option<bool> Cased = new("--cased") { Description = "Keep upper case, and accents." };
    private static readonly Option<bool> KeepAccents = new("--keep-accents") { Description = "Keep accents." };

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<Func<int>, int> guarded)
    {
        var command = new Command("vocabulary", Explanation) { Corpus, Size, Alphabet, Cased, KeepAccents };
        command.SetAction(result => guarded(() =>
        {
            var tokenizer = new ElectraTokenizerOptions
            {
                Lowercase = !result.GetValue(Cased),
                StripAccents = result.GetValue(KeepAccents) ? false : null,
            };
            var options = new WordPieceTrainerOptions { VocabSize = result.GetValue(Size) ?? 8000, Tokenizer = tokenizer };
            Document[] documents = [.. CorpusFiles.Open(CorpusFiles.Expand(result.GetValue(Corpus)!)).ReadDocuments()];
            Console.WriteLine("alphabet | kept of the text's characters | words lost in learning | held out: [UNK] of words | tokens a word");
            Console.WriteLine(VocabularyTrial.Run(documents, options with { AlphabetLimit = result.GetValue(Alphabet) ?? 1000 }));
            Console.WriteLine(VocabularyTrial.Run(documents, options));
            return 0;
        }));
        return command;
    }
}
