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
        if (plan.KeepPrepared && folder.IsPrepared) return Reuse(null)!;
        IDocumentSource source;
        CorpusIdentity corpus;
        if (plan.IsDefaultCorpus)
        {
            SdkDocumentation documentation = SdkDocumentation.Find() ?? throw new UsageException(SdkDocumentation.NotFound);
            source = new CachedDocuments(documentation);
            corpus = CorpusFingerprint.Compute(plan, documentation.Files);
        }
        else
        {
            console.Say(plan.Corpus.DescribeFiles(plan.ToCorpusOptions()));
            if (plan.Corpus.LeftOut.Count > 0) console.Say($"left out: {plan.Corpus.DescribeLeftOut()}");
            source = CorpusFiles.Open(plan.Corpus.Files, plan.ToCorpusOptions());
            corpus = CorpusFingerprint.Compute(plan, plan.Corpus.Files);
        }

        if (Reuse(corpus) is { } reused) return reused;
        try
        {
            return Create(source, corpus, cancellationToken);
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

    /// <summary>What an earlier start prepared, if it is the same corpus; any corpus for null.</summary>
    private PreparedCorpus? Reuse(CorpusIdentity? corpus)
    {
        if (!folder.IsPrepared) return null;
        TokenShardManifest manifest = TokenShardManifest.Load(folder.Shards);
        var tokenizer = ElectraTokenizer.FromVocabulary(folder.Vocabulary);
        bool isRunning = folder.HasCheckpoints && plan.Resume;
        string? unusable = manifest.Vocabulary.Hash != tokenizer.VocabularyHash ? $"'{folder.Vocabulary}' is not the vocabulary of '{folder.Shards}'"
            : manifest.Corpus is null && isRunning ? $"'{folder.Root}' holds a run of an earlier version"
            : null;
        if (unusable is not null && (isRunning || corpus is null))
        {
            throw new UsageException(
                $"{unusable}, so there is no going on with it. Name another --output, or add --resume never, which gives that run up.");
        }

        IReadOnlyList<string> changes = unusable is not null ? [unusable]
            : corpus is null ? []
            : manifest.Corpus is null ? ["it was prepared by an earlier version"]
            : corpus.DifferencesFrom(manifest.Corpus);
        if (changes.Count == 0) return new PreparedCorpus(tokenizer, folder.Shards, IsReused: true);
        string changed = $"the corpus is not the one that was prepared in '{folder.Root}': {string.Join("; ", changes)}";
        if (isRunning)
        {
            throw new UsageException($"Since the run began, {changed}. To go on with the text as it was prepared, add --corpus-changed keep. "
                + "To start anew with the text as it is now, name another --output, or add --resume never, which gives up the run.");
        }

        console.Say($"preparing anew: {changed}");
        return null;
    }

    private PreparedCorpus Create(IDocumentSource source, CorpusIdentity corpus, CancellationToken cancellationToken)
    {
        ElectraTokenizer tokenizer = plan.Vocabulary is null
            ? console.Working("learning the vocabulary", _ => new ElectraTokenizer(LearnVocabulary(source, cancellationToken)))
            : ElectraTokenizer.FromVocabulary(plan.Vocabulary);
        var skipped = new List<MalformedRecord>();
        TokenShardManifest manifest = console.Working("writing token shards", progress =>
        {
            var options = new TokenShardBuilderOptions
            {
                Corpus = corpus,
                Overwrite = true,
                OnMalformed = record => skipped.AddRange(skipped.Count == 0 ? [record] : []),
                OnProgress = done => progress($"{CorpusSummary.Count(done.Documents, "document")}, {done.Tokens:N0} tokens"),
            };
            return new TokenShardBuilder(tokenizer, options).Build(source, folder.UnfinishedShards, cancellationToken);
        });
        if (skipped.Count > 0) console.Warn($"{manifest.Malformed:N0} lines of the corpus could not be read and were skipped; {skipped[0]}");
        if (CorpusSummary.Advice(manifest, plan.Corpus, plan.OneDocumentPerLine) is { } advice) console.Say(advice);
        RequireHeldOutText();
        File.WriteAllText(folder.Vocabulary, string.Concat(tokenizer.Vocabulary.Select(token => token + "\n")));
        folder.FinishShards();
        return new PreparedCorpus(tokenizer, folder.Shards, IsReused: false);
    }

    /// <summary>Finds out before anything is kept whether the text can be parted.</summary>
    private void RequireHeldOutText()
    {
        try
        {
            PretrainingDataset.Open(folder.UnfinishedShards, plan.ToOptions().Data).Dispose();
        }
        catch (InvalidDataException exception)
        {
            throw new UsageException($"{exception.Message} (On the command line the share is --held-out, above 0.)");
        }
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
