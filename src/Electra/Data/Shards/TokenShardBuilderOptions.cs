namespace Electra.Data;

/// <summary>How a corpus is turned into token shards.</summary>
public sealed record TokenShardBuilderOptions
{
    /// <summary>A shard is closed after the document that brings it to this many token ids.</summary>
    /// <value>Default 67,108,864 (128 MiB of 16-bit ids).</value>
    public long TokensPerShard { get; init; } = 1L << 26;

    /// <summary>The threads that tokenize, beside the one that reads and writes; it does not change the shards.</summary>
    /// <value>Default 0: one for each processor.</value>
    public int ThreadCount { get; init; }

    /// <summary>Whether a complete set of shards already in the folder may be replaced. An incomplete one always is.</summary>
    /// <value>Default false.</value>
    public bool Overwrite { get; init; }

    /// <summary>Stored in the manifest, so that a program can tell later whether the shards belong to its corpus.</summary>
    /// <value>Default null: nothing is stored.</value>
    public CorpusIdentity? Corpus { get; init; }

    /// <summary>Called on the calling thread after each portion (about 256,000 characters) is written.</summary>
    /// <value>Default null.</value>
    public Action<TokenizationProgress>? OnProgress { get; init; }

    /// <summary>Called for each record of the corpus that is skipped because it cannot be read.</summary>
    /// <value>Default null.</value>
    public Action<MalformedRecord>? OnMalformed { get; init; }

    internal void Validate()
    {
        if (TokensPerShard is < 1 or > 1L << 31)
            throw new ArgumentOutOfRangeException(nameof(TokensPerShard), TokensPerShard, "Expected a number from 1 to 2^31.");
        ArgumentOutOfRangeException.ThrowIfNegative(ThreadCount);
    }
}
