namespace Electra.Data;

/// <summary>The shards being written into one folder, one open at a time; the manifest comes last.</summary>
internal sealed class TokenShardSet : IDisposable
{
    private readonly string _folder;
    private readonly ShardVocabulary _vocabulary;
    private readonly long _tokensPerShard;
    private readonly List<TokenShardEntry> _entries = [];
    private TokenShardWriter? _writer;
    private ulong? _documentHash;

    /// <summary>Clears the folder of older shards, their manifest first, so that it never looks complete in between.</summary>
    public TokenShardSet(string folder, ShardVocabulary vocabulary, long tokensPerShard)
    {
        (_folder, _vocabulary, _tokensPerShard) = (folder, vocabulary, tokensPerShard);
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, TokenShardManifest.FileName));
        foreach (string old in Directory.EnumerateFiles(folder, "shard-*.tokens*")) File.Delete(old);
    }

    /// <summary>The documents written; one in pieces counts once.</summary>
    public long Documents { get; private set; }

    /// <summary>The token ids written.</summary>
    public long Tokens { get; private set; }

    /// <summary>Appends a document, or a further piece of the last one, to the open shard.</summary>
    public void AddDocument(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lineLengths, bool isContinuation = false)
    {
        _writer ??= new TokenShardWriter(Path.Combine(_folder, FileName), _vocabulary);
        ulong hash = _writer.AddDocument(tokens, lineLengths, isContinuation ? _documentHash : null);
        if (!isContinuation) (_documentHash, Documents) = (hash, Documents + 1);
        Tokens += tokens.Length;
        if (_writer.TokenCount >= _tokensPerShard) CompleteShard();
    }

    /// <summary>Closes the last shard and writes the manifest.</summary>
    public TokenShardManifest Complete(long characters, long malformed, CorpusIdentity? corpus)
    {
        if (_writer is not null) CompleteShard();
        var manifest = new TokenShardManifest
        {
            Vocabulary = _vocabulary,
            Documents = Documents,
            Lines = _entries.Sum(entry => entry.Lines),
            Tokens = Tokens,
            Characters = characters,
            Malformed = malformed,
            Corpus = corpus,
            Shards = _entries,
        };
        manifest.Save(_folder);
        return manifest;
    }

    /// <summary>Drops a shard that was not completed.</summary>
    public void Dispose() => _writer?.Dispose();

    private string FileName => $"shard-{_entries.Count:D5}.tokens";

    private void CompleteShard()
    {
        TokenShardWriter writer = _writer!;
        writer.Complete();
        _entries.Add(new TokenShardEntry(FileName, writer.DocumentCount, writer.LineCount, writer.TokenCount));
        writer.Dispose();
        _writer = null;
    }
}
