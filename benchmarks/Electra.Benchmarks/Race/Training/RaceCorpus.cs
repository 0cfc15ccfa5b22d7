using Electra.Benchmarks.CommandLine;
using Electra.Data;
using Electra.Tokenization;

namespace Electra.Benchmarks.Race.Training;

/// <summary>The text of all runs as token shards, made once.</summary>
internal static class RaceCorpus
{
    /// <summary>Writes the shards, or makes sure that those there are of this text and vocabulary.</summary>
    /// <exception cref="UsageException">They are not.</exception>
    public static TokenShardManifest Prepare(RaceSettings settings, CancellationToken cancellationToken)
    {
        string folder = settings.Folders.ShardFolder;
        ElectraTokenizer tokenizer = settings.Tokenizer;
        CorpusIdentity corpus = CorpusIdentity.Of(settings.Corpus).With("vocabulary", tokenizer.VocabularyHash);
        if (!TokenShardManifest.Exists(folder))
        {
            var options = new TokenShardBuilderOptions { ThreadCount = settings.Threads, Corpus = corpus, Overwrite = true };
            return new TokenShardBuilder(tokenizer, options).Build(CorpusFiles.Open(settings.Corpus), folder, cancellationToken);
        }

        TokenShardManifest manifest = TokenShardManifest.Load(folder);
        IReadOnlyList<string> changes = manifest.Corpus is null ? ["nothing says what text they are of"] : corpus.DifferencesFrom(manifest.Corpus);
        return changes.Count == 0
            ? manifest
            : throw new UsageException($"The shards in '{folder}' are of another text or vocabulary: {string.Join("; ", changes)}. Name another --output.");
    }
}
