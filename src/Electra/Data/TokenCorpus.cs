namespace Electra.Data;

/// <summary>
/// Some of the documents of a set of shards, as one long run of tokens with the document bounds kept: what packers cut examples from.
/// Takes 12 bytes of memory a document; the tokens stay in the mapped files.
/// </summary>
public sealed class TokenCorpus
{
    private readonly IReadOnlyList<TokenShardReader> _shards;
    private readonly int[] _firstDocuments;
    private readonly int[] _documents;
    private readonly long[] _starts;

    /// <summary>A corpus over documents of shards.</summary>
    /// <param name="shards">The shards, in order.</param>
    /// <param name="documents">The numbers of the documents, counted through all shards; null: all.</param>
    internal TokenCorpus(IReadOnlyList<TokenShardReader> shards, int[]? documents = null)
    {
        _shards = shards;
        _firstDocuments = new int[shards.Count];
        int total = 0;
        for (int i = 0; i < shards.Count; i++)
        {
            _firstDocuments[i] = total;
            total = checked(total + shards[i].DocumentCount);
        }

        _documents = documents ?? [.. Enumerable.Range(0, total)];
        _starts = new long[_documents.Length + 1];
        for (int i = 0; i < _documents.Length; i++)
        {
            (TokenShardReader shard, int local) = Locate(i);
            _starts[i + 1] = _starts[i] + shard.TokensIn(local);
        }
    }

    /// <summary>The documents.</summary>
    public int DocumentCount => _documents.Length;

    /// <summary>The token ids of all documents.</summary>
    public long TokenCount => _starts[^1];

    /// <summary>The token ids of all documents before this one.</summary>
    public long TokensBefore(int document) => _starts[document];

    /// <summary>The token ids of a document.</summary>
    public int TokensIn(int document) => (int)(_starts[document + 1] - _starts[document]);

    /// <summary>Copies ids of one document, from its token number <paramref name="offset"/> on.</summary>
    /// <exception cref="InvalidDataException">The shard was altered.</exception>
    public void CopyTokens(int document, int offset, Span<long> destination)
    {
        (TokenShardReader shard, int local) = Locate(document);
        shard.CopyTokens(shard.TokenStart(local) + offset, destination);
    }

    /// <summary>Replaces the content of <paramref name="destination"/> by the token count of each line of a document.</summary>
    /// <exception cref="InvalidDataException">The shard was altered.</exception>
    public void CopyLineLengths(int document, List<int> destination)
    {
        (TokenShardReader shard, int local) = Locate(document);
        shard.CopyLineLengths(local, destination);
    }

    private (TokenShardReader Shard, int Document) Locate(int document)
    {
        int number = _documents[document];
        int found = Array.BinarySearch(_firstDocuments, number);
        int shard = found >= 0 ? found : ~found - 1;
        return (_shards[shard], number - _firstDocuments[shard]);
    }
}
