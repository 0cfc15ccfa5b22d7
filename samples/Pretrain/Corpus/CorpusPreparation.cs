using Electra.Data;
using Electra.Distributed;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>
/// Text to vocabulary and token shards under the output folder; a second start finds them there. A failure leaves nothing behind. Ranks share the work, with the same result.
/// </summary>
internal sealed class CorpusPreparation(RunPlan plan, RunFolder folder, RunConsole console, IProcessGroup group)
{
    private readonly TokenizerPreparation tokenizers = new(plan, folder, console);
    private readonly bool leads = group.Rank == 0;

    /// <summary>Reuses or makes the shards.</summary>
    /// <exception cref="UsageException">The corpus can't be read, or the folder belongs to a run on another one.</exception>
    public PreparedCorpus Prepare(CancellationToken cancellationToken)
    {
        CorpusIdentity? corpus = null;
        PreparedCorpus? reused = null;
        if (Heartbeat.AtRankZero(group, heartbeat => (reused = Reuse(heartbeat, out corpus)) is not null, cancellationToken)) return reused ?? Load();
        try
        {
            return Create(OpenCorpus(), corpus, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new UsageException($"{exception.Message}{(MalformedRecord.Of(exception) is null ? "" : " To skip such lines: --bad-lines skip.")}", isOneRanks: true);
        }
        finally
        {
            if (leads) CleanUp();
        }
    }

    private void CleanUp()
    {
        try
        {
            folder.DropUnfinished();
        }
        catch (IOException) when (group.Size > 1)
        {
            // a rank that was lost may still write there; the next start removes it
        }
    }

    /// <summary>What rank 0 has prepared.</summary>
    private PreparedCorpus Load() => new(tokenizers.Reload(), folder.Shards, IsReused: true);

    private IDocumentSource OpenCorpus() => plan.IsDefaultCorpus ? new CachedDocuments(FindDocumentation()) : CorpusFiles.Open(plan.Corpus.Files, plan.Reading);

    private static SdkDocumentation FindDocumentation() => SdkDocumentation.Find() ?? throw new UsageException(SdkDocumentation.NotFound);

    private PreparedCorpus? Reuse(Heartbeat heartbeat, out CorpusIdentity? corpus)
    {
        corpus = null;
        if (plan.KeepPrepared && folder.IsPrepared) return Reuse(null)!;
        IEnumerable<string> files = plan.IsDefaultCorpus ? FindDocumentation().Files : plan.Corpus.Files;
        if (!plan.IsDefaultCorpus)
        {
            console.Say(plan.Corpus.DescribeFiles(plan.Reading));
            if (plan.Corpus.LeftOut.Count > 0) console.Say($"left out: {plan.Corpus.DescribeLeftOut()}");
        }

        corpus = CorpusFingerprint.Compute(plan, files.Select(file =>
        {
            heartbeat.Beat();
            return file;
        }));
        return Reuse(corpus);
    }

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

    private PreparedCorpus Create(IDocumentSource source, CorpusIdentity? corpus, CancellationToken cancellationToken)
    {
        RankedPreparation? ranks = group.Size == 1 ? null : new(folder, console, tokenizers, group);
        if (ranks is null) folder.DropUnfinished();
        ranks?.Begin(source, cancellationToken);
        ElectraTokenizer? tokenizer = null;
        Heartbeat.AtRankZero(
            group,
            heartbeat =>
            {
                tokenizer = ranks is null ? tokenizers.Create(source, null, heartbeat) : ranks.CreateTokenizer(source, heartbeat);
                return true;
            },
            cancellationToken);
        tokenizer ??= ranks!.LoadTokenizer();
        var skipped = new List<MalformedRecord>();
        var options = new TokenShardBuilderOptions
        {
            Corpus = corpus,
            Overwrite = true,
            OnMalformed = record => skipped.AddRange(skipped.Count == 0 ? [record] : []),
        };
        ranks?.Tokenize(source, tokenizer, options, cancellationToken);
        Heartbeat.AtRankZero(
            group,
            heartbeat =>
            {
                TokenShardManifest manifest = console.Working("writing token shards", progress =>
                {
                    var builder = new TokenShardBuilder(tokenizer, options with { OnProgress = Progress(heartbeat, progress) });
                    return ranks is null ? builder.Build(source, folder.UnfinishedShards, heartbeat.Stop) : builder.Assemble(folder.UnfinishedShards, group.Size, heartbeat.Stop);
                });
                ranks?.End();
                Keep(manifest, tokenizer, skipped);
                return true;
            },
            cancellationToken);
        return leads ? new PreparedCorpus(tokenizer, folder.Shards, IsReused: false) : Load();
    }

    /// <summary>How far the tokenizing has come, for the console and the other ranks.</summary>
    public static Action<TokenizationProgress> Progress(Heartbeat heartbeat, Action<string> tell) => done =>
    {
        heartbeat.Beat();
        tell($"{CorpusSummary.Count(done.Documents, "document")}, {done.Tokens:N0} tokens");
    };

    private void Keep(TokenShardManifest manifest, ElectraTokenizer tokenizer, List<MalformedRecord> skipped)
    {
        if (skipped.Count > 0) console.Warn($"{manifest.Malformed:N0} lines of the corpus could not be read and were skipped; {skipped[0]}");
        if (CorpusSummary.Advice(manifest, plan.Corpus, plan.Reading.OneDocumentPerLine) is { } advice) console.Say(advice);
        RequireHeldOutText();
        folder.DropShards(); // before another vocabulary takes the place of theirs
        tokenizers.Keep(tokenizer);
        folder.FinishShards();
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
