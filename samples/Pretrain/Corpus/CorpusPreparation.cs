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
    private readonly TokenizerPreparation tokenizers = new(plan, folder, console);

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
            console.Say(plan.Corpus.DescribeFiles(plan.Reading));
            if (plan.Corpus.LeftOut.Count > 0) console.Say($"left out: {plan.Corpus.DescribeLeftOut()}");
            source = CorpusFiles.Open(plan.Corpus.Files, plan.Reading);
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

    /// <summary>What another rank has prepared.</summary>
    public PreparedCorpus Load() => new(tokenizers.Reload(), folder.Shards, IsReused: true);

    /// <summary>What an earlier start prepared, if it is the same corpus; any corpus for null.</summary>
    private PreparedCorpus? Reuse(CorpusIdentity? corpus)
    {
        if (!folder.IsPrepared) return null;
        TokenShardManifest manifest = TokenShardManifest.Load(folder.Shards);
        ElectraTokenizer tokenizer = tokenizers.Reload();
        bool isRunning = folder.HasCheckpoints && plan.Options.Resume;
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
        ElectraTokenizer tokenizer = tokenizers.Create(source, cancellationToken);
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
        if (CorpusSummary.Advice(manifest, plan.Corpus, plan.Reading.OneDocumentPerLine) is { } advice) console.Say(advice);
        RequireHeldOutText();
        folder.DropShards(); // before another vocabulary takes the place of theirs
        tokenizers.Keep(tokenizer);
        folder.FinishShards();
        return new PreparedCorpus(tokenizer, folder.Shards, IsReused: false);
    }

    /// <summary>Finds out before anything is kept whether the text can be parted.</summary>
    private void RequireHeldOutText()
    {
        try
        {
            PretrainingDataset.Open(folder.UnfinishedShards, plan.Options.Data).Dispose();
        }
        catch (InvalidDataException exception)
        {
            throw new UsageException($"{exception.Message} (On the command line the share is --held-out, above 0.)");
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
