using Electra.Tokenization;

namespace Electra.Data;

/// <summary>
/// Tokenizes a corpus into a folder of token shards. The calling thread reads and writes, worker threads tokenize; a few portions of
/// text are in memory at a time, and the shards are the same whatever the number of threads. Interrupted, it leaves a folder that
/// cannot be opened; run it again. Several processes can share the work: <see cref="BuildPart"/> and <see cref="Assemble"/>.
/// </summary>
public sealed partial class TokenShardBuilder
{
    private const int PortionCharacters = 1 << 18;
    private readonly ShardVocabulary _vocabulary;
    private readonly EncodeToIds _encode;
    private readonly TokenShardBuilderOptions _options;
    private readonly int _threads;

    /// <summary>A builder that tokenizes with this tokenizer.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TokenShardBuilder(ElectraTokenizer tokenizer, TokenShardBuilderOptions? options = null)
        : this(ShardVocabulary.Of(tokenizer), tokenizer.EncodeToIds, options)
    {
    }

    internal TokenShardBuilder(ShardVocabulary vocabulary, EncodeToIds encode, TokenShardBuilderOptions? options = null)
    {
        vocabulary.Validate();
        (_vocabulary, _encode, _options) = (vocabulary, encode, options ?? new TokenShardBuilderOptions());
        _options.Validate();
        _threads = _options.ThreadCount > 0 ? _options.ThreadCount : Environment.ProcessorCount;
    }

    /// <summary>Writes the shards and, last, their manifest.</summary>
    /// <param name="source">The corpus.</param>
    /// <param name="folder">Created when missing; other files in it are left alone.</param>
    /// <param name="cancellationToken">Stops between portions.</param>
    /// <exception cref="ArgumentException">The folder already holds a complete set and overwriting was not asked for.</exception>
    /// <exception cref="InvalidDataException">The corpus is damaged or has no text.</exception>
    public TokenShardManifest Build(IDocumentSource source, string folder, CancellationToken cancellationToken = default)
    {
        RequireFree(folder);
        using var shards = new TokenShardSet(folder, _vocabulary, _options.TokensPerShard);
        var report = new CorpusReport(_options.OnMalformed);
        long characters = 0;
        foreach (EncodedPortion portion in EncodeInOrder(Portions(source, report, cancellationToken), cancellationToken))
        {
            portion.WriteTo(shards.AddDocument);
            characters += portion.Characters;
            _options.OnProgress?.Invoke(new TokenizationProgress(shards.Documents, characters, shards.Tokens, report.Malformed));
        }

        return Complete(shards, characters, report.Documents, report.Malformed);
    }

    private void RequireFree(string folder)
    {
        if (_options.Overwrite || !TokenShardManifest.Exists(folder)) return;
        throw new ArgumentException(
            $"'{folder}' already holds token shards: open them, name another folder, or set Overwrite.", nameof(folder));
    }

    private TokenShardManifest Complete(TokenShardSet shards, long characters, long documents, long malformed) => shards.Tokens > 0
        ? shards.Complete(characters, malformed, _options.Corpus)
        : throw new InvalidDataException($"The corpus holds no text: {documents:N0} documents, {malformed:N0} malformed records.");

    private static IEnumerable<EncodedPortion> Portions(IDocumentSource source, CorpusReport report, CancellationToken cancellationToken)
    {
        var documents = new List<Document>();
        long characters = 0;
        foreach (Document document in source.ReadDocuments(report, cancellationToken))
        {
            documents.Add(document);
            characters += document.CharacterCount;
            if (characters < PortionCharacters) continue;
            yield return new EncodedPortion(documents, characters);
            (documents, characters) = ([], 0);
        }

        if (documents.Count > 0) yield return new EncodedPortion(documents, characters);
    }

    private IEnumerable<EncodedPortion> EncodeInOrder(IEnumerable<EncodedPortion> portions, CancellationToken cancellationToken)
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, _threads).ConcurrentScheduler;
        var running = new Queue<Task<EncodedPortion>>();
        try
        {
            foreach (EncodedPortion portion in portions)
            {
                // Twice as many portions as threads: a slow one at the head does not leave the other threads idle.
                while (running.Count >= 2 * _threads) yield return Finish(running.Dequeue(), cancellationToken);
                running.Enqueue(Task.Factory.StartNew(
                    () => portion.Encode(_encode), CancellationToken.None, TaskCreationOptions.None, scheduler));
            }

            while (running.Count > 0) yield return Finish(running.Dequeue(), cancellationToken);
        }
        finally
        {
            foreach (Task task in running) ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }
    }

    private static EncodedPortion Finish(Task<EncodedPortion> task, CancellationToken cancellationToken)
    {
        EncodedPortion portion = task.GetAwaiter().GetResult();
        cancellationToken.ThrowIfCancellationRequested();
        return portion;
    }
}
