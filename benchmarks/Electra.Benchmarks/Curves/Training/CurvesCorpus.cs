using Electra.Benchmarks.Workloads;
using Electra.Data;
using Electra.Tokenization;

namespace Electra.Benchmarks.Curves.Training;

/// <summary>The text of all runs as token shards.</summary>
/// <param name="Folder">The shards.</param>
/// <param name="Text">What text it is.</param>
/// <param name="Tokens">How much.</param>
/// <param name="Tokenizer">What made the ids.</param>
internal sealed record CurvesCorpus(string Folder, string Text, long Tokens, ElectraTokenizer Tokenizer)
{
    /// <summary>Reads the text, learns a vocabulary unless one is given, and writes the shards.</summary>
    public static CurvesCorpus Create(CurvesSettings settings, string folder)
    {
        IDocumentSource source = settings.Corpus.Count > 0
            ? CorpusFiles.Open(settings.Corpus)
            : new SyntheticText(settings.Characters);
        source = new FirstDocuments(source, settings.Characters);
        ElectraTokenizer tokenizer = settings.Vocabulary is string file
            ? ElectraTokenizer.FromVocabulary(file)
            : new ElectraTokenizer(Learn(source, settings.VocabSize));
        TokenShardManifest manifest = new TokenShardBuilder(tokenizer, new TokenShardBuilderOptions { ThreadCount = settings.Threads })
            .Build(source, folder);
        string text = settings.Corpus.Count > 0 ? string.Join(' ', settings.Corpus.Select(Path.GetFileName)) : "synthetic text";
        return new CurvesCorpus(folder, text, manifest.Tokens, tokenizer);
    }

    /// <summary>In one line.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Text}: {Tokens / 1e6:N1} M tokens read, vocabulary {Tokenizer.VocabSize:N0}");

    private static IReadOnlyList<string> Learn(IDocumentSource source, int size)
    {
        var trainer = new WordPieceVocabularyTrainer(new WordPieceTrainerOptions { VocabSize = size });
        foreach (Document document in source.ReadDocuments())
            foreach (string line in document.Lines) trainer.Add(line);
        try
        {
            return trainer.Train();
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"No vocabulary of {size:N0} tokens can be learned: {error.Message}", error);
        }
    }
}
