using Electra.Files;

namespace Electra.Data;

/// <summary>
/// Writes one token shard. Tokens go to a temporary file as they come; the line and document tables stay in memory (4 bytes a line, 16 a
/// document) until <see cref="Complete"/>, which forces the file to the disk and only then gives it its name.
/// </summary>
internal sealed class TokenShardWriter : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly ShardVocabulary _vocabulary;
    private readonly FileStream _stream;
    private readonly CheckedBlockWriter _blocks;
    private readonly List<uint> _lines = [];
    private readonly List<(uint Token, uint Line, ulong Hash)> _documents = [];
    private bool _completed;

    /// <summary>Starts a shard; nothing is visible under <paramref name="path"/> before <see cref="Complete"/>.</summary>
    /// <exception cref="ArgumentException">The vocabulary's hash or ids are impossible.</exception>
    public TokenShardWriter(string path, ShardVocabulary vocabulary)
    {
        vocabulary.Validate();
        _path = path;
        _temporary = path + ".tmp";
        _vocabulary = vocabulary;
        _stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        _stream.Write(new byte[TokenShardHeader.Bytes]);
        _blocks = new CheckedBlockWriter(_stream);
    }

    /// <summary>The token ids written so far.</summary>
    public long TokenCount { get; private set; }

    /// <summary>The lines written so far.</summary>
    public long LineCount => _lines.Count;

    /// <summary>The documents written so far.</summary>
    public int DocumentCount => _documents.Count;

    /// <summary>Appends a document, or a further piece of one.</summary>
    /// <param name="tokens">Its ids, without [CLS] and [SEP]; at least one.</param>
    /// <param name="lineLengths">The token count of each of its lines, all above zero; they add up to the number of tokens.</param>
    /// <param name="documentHash">What this gave for the first piece of the same document; null for a document that begins here.</param>
    /// <returns>The hash that the shard keeps of it.</returns>
    /// <exception cref="ArgumentException">
    /// An id lies outside the vocabulary, the lengths do not add up, or the shard would exceed 2^32 - 1 tokens.
    /// </exception>
    public ulong AddDocument(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lineLengths, ulong? documentHash = null)
    {
        long sum = 0;
        foreach (int length in lineLengths)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(lineLengths));
            sum += length;
        }

        if (sum != tokens.Length || sum == 0)
            throw new ArgumentException($"The line lengths add up to {sum:N0}, but there are {tokens.Length:N0} tokens (of at least 1).");
        if (TokenCount + sum > uint.MaxValue) throw new ArgumentException("A shard holds at most 2^32 - 1 tokens: start another one.");
        foreach (int id in tokens)
        {
            if ((uint)id >= (uint)_vocabulary.Size)
                throw new ArgumentException($"The id {id} lies outside the vocabulary of {_vocabulary.Size:N0} tokens.", nameof(tokens));
        }

        ulong hash = ContentHash(tokens);
        // The lower half of a hash tells documents apart, so pieces of one have it in common.
        if (documentHash is ulong document) hash = hash >> 32 << 32 | (uint)document;
        _documents.Add(((uint)TokenCount, (uint)_lines.Count, hash));
        int bytes = _vocabulary.BytesPerToken;
        foreach (int id in tokens) _blocks.Write((ulong)id, bytes);
        foreach (int length in lineLengths) _lines.Add((uint)length);
        TokenCount += tokens.Length;
        return hash;
    }

    /// <summary>Finishes the file, forces it to the disk and gives it its name, replacing an older one.</summary>
    public void Complete()
    {
        _blocks.Align();
        foreach (uint length in _lines) _blocks.Write(length, sizeof(uint));
        _blocks.Align();
        foreach ((uint token, uint line, ulong hash) in _documents)
        {
            _blocks.Write(token, sizeof(uint));
            _blocks.Write(line, sizeof(uint));
            _blocks.Write(hash, sizeof(ulong));
        }

        uint tableChecksum = _blocks.Complete();
        var header = new TokenShardHeader(
            _vocabulary.BytesPerToken, _vocabulary.Size, _vocabulary.Hash, TokenCount, _lines.Count, _documents.Count);
        Span<byte> bytes = stackalloc byte[TokenShardHeader.Bytes];
        header.Write(bytes, tableChecksum);
        _stream.Position = 0;
        _stream.Write(bytes);
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        FileSync.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        _completed = true;
    }

    /// <summary>Closes the file; a shard that was not completed is deleted.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        if (!_completed) File.Delete(_temporary);
    }

    /// <summary>A hash of the ids: equal documents get equal hashes, so that the held-out split never parts copies of one text.</summary>
    internal static ulong ContentHash(ReadOnlySpan<int> tokens)
    {
        ulong hash = (ulong)tokens.Length;
        foreach (int id in tokens) hash = SeededRandom.Mix(hash ^ (uint)id);
        return hash;
    }
}
