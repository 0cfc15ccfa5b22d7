namespace Electra.Data;

/// <summary>
/// Some of the documents of a set of shards, as one long run of tokens with the document bounds kept: what packers cut examples from.
/// Of a document too long to be held out as a whole, a part counts as a document here. Takes 12 bytes of memory a document; the tokens
/// stay in the mapped files.
/// </summary>
internal sealed class TokenCorpus
{
    private readonly IReadOnlyList<TokenShardReader> _shards;
    private readonly int[] _firstDocuments;
    private readonly int[] _documents;
    private readonly IReadOnlyList<TextPart> _parts;
    private readonly long[] _starts;

    /// <summary>All documents of shards.</summary>
    /// <param name="shards">The shards, in order.</param>
    internal TokenCorpus(IReadOnlyList<TokenShardReader> shards)
    {
        (_shards, _parts) = (shards, []);
        _firstDocuments = new int[shards.Count];
        int total = 0;
        for (int i = 0; i < shards.Count; i++)
        {
            _firstDocuments[i] = total;
            total = checked(total + shards[i].DocumentCount);
        }

        _documents = new int[total];
        _starts = new long[total + 1];
        int document = 0;
        foreach (TokenShardReader shard in shards)
        {
            long before = _starts[document];
            for (int local = 0; local < shard.DocumentCount; local++, document++)
            {
                _documents[document] = document;
                _starts[document + 1] = before + shard.TokenStart(local + 1);
            }
        }
    }

    private TokenCorpus(TokenCorpus all, int[] documents, IReadOnlyList<TextPart> parts)
    {
        (_shards, _firstDocuments, _documents, _parts) = (all._shards, all._firstDocuments, documents, parts);
        _starts = new long[documents.Length + 1];
        for (int i = 0; i < documents.Length; i++)
            _starts[i + 1] = _starts[i] + (documents[i] < 0 ? parts[~documents[i]].Tokens : all.TokensIn(documents[i]));
    }

    /// <summary>The documents and parts of documents.</summary>
    public int DocumentCount => _documents.Length;

    /// <summary>The token ids of all documents.</summary>
    public long TokenCount => _starts[^1];

    /// <summary>The hash of each document in order, as <see cref="TokenShardReader.ContentHash"/> gives it; only for all documents.</summary>
    internal IEnumerable<ulong> ContentHashes =>
        _shards.SelectMany(shard => Enumerable.Range(0, shard.DocumentCount).Select(shard.ContentHash));

    /// <summary>The token ids of all documents before this one.</summary>
    public long TokensBefore(int document) => _starts[document];

    /// <summary>The token ids of a document.</summary>
    public int TokensIn(int document) => (int)(_starts[document + 1] - _starts[document]);

    /// <summary>Copies ids of one document, from its token number <paramref name="offset"/> on.</summary>
    /// <exception cref="InvalidDataException">The shard was altered.</exception>
    public void CopyTokens(int document, int offset, Span<long> destination)
    {
        (TokenShardReader shard, int local, int part) = Locate(document);
        long first = shard.TokenStart(local) + offset;
        shard.CopyTokens(part < 0 ? first : first + _parts[part].Token, destination);
    }

    /// <summary>The lines of a document.</summary>
    public int LinesIn(int document)
    {
        (TokenShardReader shard, int local, int part) = Locate(document);
        return part < 0 ? shard.LinesIn(local) : _parts[part].Lines;
    }

    /// <summary>Replaces the content of <paramref name="destination"/> by the token count of each line of a document.</summary>
    /// <exception cref="InvalidDataException">The shard was altered.</exception>
    public void CopyLineLengths(int document, List<int> destination)
    {
        (TokenShardReader shard, int local, int part) = Locate(document);
        if (part < 0) shard.CopyLineLengths(local, destination);
        else shard.CopyLineLengths(local, _parts[part].Line, _parts[part].Lines, destination);
    }

    /// <summary>The same for a part of a document, where this has them all.</summary>
    /// <exception cref="InvalidDataException">The shard was altered.</exception>
    internal void CopyLineLengths(TextPart part, List<int> destination)
    {
        (TokenShardReader shard, int local, _) = Locate(part.Document);
        shard.CopyLineLengths(local, part.Line, part.Lines, destination);
    }

    /// <summary>Some of the documents, where this has them all.</summary>
    /// <param name="documents">Their numbers, or for a part the complement of its number in <paramref name="parts"/>.</param>
    /// <param name="parts">Parts of documents.</param>
    internal TokenCorpus Select(int[] documents, IReadOnlyList<TextPart> parts) => new(this, documents, parts);

    /// <summary>The shard of a document, its number there, and the number of the part that it is; negative for a whole one.</summary>
    private (TokenShardReader Shard, int Document, int Part) Locate(int document)
    {
        int number = _documents[document], part = ~number;
        if (part >= 0) number = _parts[part].Document;
        int shard = Array.BinarySearch(_firstDocuments, number);
        if (shard < 0) shard = ~shard - 1;
        return (_shards[shard], number - _firstDocuments[shard], part);
    }
}
