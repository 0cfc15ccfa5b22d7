using Electra.Data;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>
/// Text to vocabulary and token shards under the output folder; a second start finds them there. A failure leaves nothing behind.
/// </summary>
internal sealed class CorpusPreparation(RunPlan plan, RunFolder folder, RunConsole console)
{
    /// <summary>Text that a vocabulary is learned from at most; more changes it little.</summary>
    private const long VocabularyCharacters = 1_000_000_000;

    /// <summary>Reuses or makes the shards.</summary>
    /// <exception cref="UsageException">The corpus can't be read, or the folder belongs to a run on another one.</exception>
    public PreparedCorpus Prepare(CancellationToken cancellationToken)
    {
        IDocumentSource source;
        string fingerprint;
        if (plan.CorpusFiles.Count > 0)
        {
            source = CorpusFiles.Open(plan.CorpusFiles, new CorpusOptions { SkipMalformed = plan.SkipBadLines });
            fingerprint = CorpusFingerprint.Compute(plan, plan.CorpusFiles);
        }
        else
        {
            SdkDocumentation documentation = SdkDocumentation.Find() ?? throw new UsageException(SdkDocumentation.NotFound);
            source = new CachedDocuments(documentation);
            fingerprint = CorpusFingerprint.Compute(plan, documentation.Files);
        }

        if (Reuse(fingerprint) is { } reused) return reused;
        try
        {
            return Create(source, fingerprint, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new UsageException($"{exception.Message}{(MalformedRecord.Of(exception) is null ? "" : " To skip such lines: --bad-lines skip.")}");
        }
        finally
        {
            folder.DropUnfinished();
        }
    }

    private PreparedCorpus? Reuse(string fingerprint)
    {
        if (!TokenShardManifest.Exists(folder.Shards) || !File.Exists(folder.Vocabulary)) return null;
        if (TokenShardManifest.Load(folder.Shards) is { } manifest && manifest.CorpusFingerprint == fingerprint)
        {
            var tokenizer = ElectraTokenizer.FromVocabulary(folder.Vocabulary);
            if (manifest.Vocabulary.Hash == tokenizer.VocabularyHash) return new PreparedCorpus(tokenizer, folder.Shards, IsReused: true);
        }

        if (!folder.HasCheckpoints) return null;
        throw new UsageException(
            $"'{folder.Root}' holds a run on another corpus or vocabulary; name another --output, or delete that folder to start over.");
    }

    private PreparedCorpus Create(IDocumentSource source, string fingerprint, CancellationToken cancellationToken)
    {
        ElectraTokenizer tokenizer = plan.Vocabulary is null
            ? console.Working("learning the vocabulary", _ => new ElectraTokenizer(LearnVocabulary(source, cancellationToken)))
            : ElectraTokenizer.FromVocabulary(plan.Vocabulary);
        TokenShardManifest manifest = console.Working("writing token shards", progress =>
        {
            var options = new TokenShardBuilderOptions
            {
                CorpusFingerprint = fingerprint,
                Overwrite = true,
                OnProgress = done => progress($"{done.Documents:N0} documents, {done.Tokens:N0} tokens"),
            };
            return new TokenShardBuilder(tokenizer, options).Build(source, folder.UnfinishedShards, cancellationToken);
        });
        if (manifest.Documents < 2)
        {
            throw new UsageException(
                "The corpus is a single document, but one has to be held out for evaluation; separate documents by blank lines or files.");
        }

        if (manifest.Malformed > 0) console.Warn($"{manifest.Malformed:N0} lines of the corpus could not be read and were skipped.");
        File.WriteAllText(folder.Vocabulary, string.Concat(tokenizer.Vocabulary.Select(token => token + "\n")));
        folder.FinishShards();
        return new PreparedCorpus(tokenizer, folder.Shards, IsReused: false);
    }

    private IReadOnlyList<string> LearnVocabulary(IDocumentSource source, CancellationToken cancellationToken)
    {
        var trainer = new WordPieceVocabularyTrainer(new WordPieceTrainerOptions { VocabularySize = plan.VocabularySize });
        long characters = 0;
        foreach (Document document in source.ReadDocuments(cancellationToken))
        {
            foreach (string line in document.Lines) trainer.Add(line);
            characters += document.CharacterCount;
            if (characters > VocabularyCharacters) break;
        }

        if (characters == 0) throw new UsageException("The corpus holds no text; name files with text in them.");
        try
        {
            return trainer.Train(cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new UsageException($"No vocabulary of {plan.VocabularySize:N0} tokens can be learned: {exception.Message}");
        }
    }

    /// <summary>Reads the documentation once for both passes: it is small, and parsing its XML takes longer than both.</summary>
    private sealed class CachedDocuments(SdkDocumentation documentation) : IDocumentSource
    {
        private List<Document>? documents;

        public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) =>
            documents ??= [.. documentation.ReadDocuments(cancellationToken)];
    }
}
