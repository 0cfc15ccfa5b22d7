using Electra.Data;
using Electra.Tokenization;

namespace Electra.Benchmarks.Vocabularies;

/// <summary>One vocabulary, learned from nine tenths of a text and held against the last one.</summary>
internal static class VocabularyTrial
{
    private const int HeldOut = 10;

    /// <summary>Learns, counts and says what came out in one line.</summary>
    public static string Run(IReadOnlyList<Document> documents, WordPieceTrainerOptions options)
    {
        var trainer = new WordPieceVocabularyTrainer(options);
        foreach (string line in documents.Where((_, i) => i % HeldOut != 0).SelectMany(document => document.Lines)) trainer.Add(line);
        var tokenizer = new ElectraTokenizer(trainer.Train(out VocabularyReport report), options.Tokenizer);
        long words = 0, unknown = 0, tokens = 0;
        foreach (string line in documents.Where((_, i) => i % HeldOut == 0).SelectMany(document => document.Lines))
        {
            IReadOnlyList<int> ids = tokenizer.EncodeToIds(line);
            tokens += ids.Count;
            words += ids.Count(id => !tokenizer.IdToToken(id).StartsWith("##", StringComparison.Ordinal));
            unknown += ids.Count(id => id == tokenizer.SpecialTokens.UnknownId);
        }

        string limit = options.AlphabetLimit is int given ? $"{given:N0}" : "chosen";
        return FormattableString.Invariant($"{limit} | {report.Alphabet:N0} of {report.DistinctCharacters:N0} | ")
            + FormattableString.Invariant($"{report.UnknownWords:P2} | {(double)unknown / words:P2} | {(double)tokens / words:F3}");
    }
}
