using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Electra.Data;

/// <summary>
/// Reads one memory-mapped token shard. The header and the document table are checked when it is opened, every other block against its
/// checksum when it is first touched, so altered text never reaches a batch. Safe to use from several threads.
/// </summary>
internal sealed unsafe class TokenShardReader : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeBuffer _handle;
    private readonly byte* _start;
    private readonly TokenShardHeader _header;
    private readonly bool[] _verified;

    private TokenShardReader(string path, MemoryMappedFile file, long fileBytes)
    {
        Path = path;
        _file = file;
        _view = file.CreateViewAccessor(0, fileBytes, MemoryMappedFileAccess.Read);
        _handle = _view.SafeMemoryMappedViewHandle;
        try
        {
            // The mapping stays while this reference and those of running reads are held.
            _handle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
            var header = new ReadOnlySpan<byte>(_start, TokenShardHeader.Bytes);
            _header = TokenShardHeader.Read(header, fileBytes, path, out uint table);
            _verified = new bool[_header.BlockCount];
            if (Crc32C.Compute(new ReadOnlySpan<byte>(_start + _header.ChecksumsAt, _header.BlockCount * sizeof(uint))) != table)
                throw TokenShardHeader.Altered(path, "the table of checksums does not match its own");
            CheckDocuments();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The shard's file.</summary>
    public string Path { get; }

    /// <summary>The hash of the vocabulary that the ids belong to.</summary>
    public string VocabularyHash => _header.VocabularyHash;

    /// <summary>The size of that vocabulary.</summary>
    public int VocabSize => _header.VocabSize;

    /// <summary>The documents in the shard.</summary>
    public int DocumentCount => (int)_header.Documents;

    /// <summary>The lines of all documents.</summary>
    public long LineCount => _header.Lines;

    /// <summary>The token ids of all documents.</summary>
    public long TokenCount => _header.Tokens;

    /// <summary>Maps a shard.</summary>
    /// <exception cref="InvalidDataException">The file is no shard, cut off, or altered in its header or document table.</exception>
    public static TokenShardReader Open(string path)
    {
        long length = new FileInfo(path).Length;
        if (length < TokenShardHeader.Bytes)
            throw TokenShardHeader.Altered(path, $"the file is cut off: {length:N0} bytes are less than its header");
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        return new TokenShardReader(path, file, length);
    }

    /// <summary>The number of the document's first token within the shard.</summary>
    public long TokenStart(int document) => document == DocumentCount ? TokenCount : Record(document).Token;

    /// <summary>The document's token count.</summary>
    public int TokensIn(int document) => (int)(TokenStart(document + 1) - TokenStart(document));

    /// <summary>
    /// A hash of the document's ids; equal for equal documents. Pieces of one document, which follow each other, have the lower 32 bits
    /// in common.
    /// </summary>
    public ulong ContentHash(int document) => Record(document).Hash;

    /// <summary>Copies the ids that start at token number <paramref name="start"/> of the shard.</summary>
    /// <exception cref="InvalidDataException">The block that holds them was altered.</exception>
    public void CopyTokens(long start, Span<long> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, TokenCount - destination.Length);
        int width = _header.BytesPerToken;
        ReadOnlySpan<byte> bytes = Borrow(TokenShardHeader.Bytes + start * width, destination.Length * width);
        try
        {
            if (width == sizeof(ushort))
            {
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]);
            }
            else
            {
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
            }
        }
        finally
        {
            _handle.DangerousRelease();
        }
    }

    /// <summary>The document's line count.</summary>
    public int LinesIn(int document) =>
        (int)((document + 1 == DocumentCount ? LineCount : Record(document + 1).Line) - Record(document).Line);

    /// <summary>Replaces the content of <paramref name="destination"/> by the token count of each line of a document.</summary>
    /// <exception cref="InvalidDataException">The block that holds them was altered.</exception>
    public void CopyLineLengths(int document, List<int> destination) => CopyLineLengths(document, 0, LinesIn(document), destination);

    /// <summary>The same for some of the lines.</summary>
    /// <exception cref="InvalidDataException">The block that holds them was altered.</exception>
    public void CopyLineLengths(int document, int line, int count, List<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(line);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, LinesIn(document) - line);
        long first = Record(document).Line + line;
        ReadOnlySpan<byte> bytes = Borrow(_header.LinesAt + first * sizeof(uint), count * sizeof(uint));
        try
        {
            destination.Clear();
            for (int i = 0; i < count; i++) destination.Add(BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(uint))..]));
        }
        finally
        {
            _handle.DangerousRelease();
        }
    }

    /// <summary>Adds what stands for the whole content: the header and the checksums of all blocks, which were checked on opening.</summary>
    internal void AppendChecksums(IncrementalHash hash)
    {
        bool held = false;
        _handle.DangerousAddRef(ref held);
        hash.AppendData(new ReadOnlySpan<byte>(_start, TokenShardHeader.Bytes));
        hash.AppendData(new ReadOnlySpan<byte>(_start + _header.ChecksumsAt, _header.BlockCount * sizeof(uint)));
        _handle.DangerousRelease();
    }

    /// <summary>Checks every block.</summary>
    /// <exception cref="InvalidDataException">One was altered.</exception>
    public void VerifyAll()
    {
        for (long at = TokenShardHeader.Bytes; at < _header.ChecksumsAt; at += TokenShardHeader.BlockBytes)
        {
            Borrow(at, 1);
            _handle.DangerousRelease();
        }
    }

    /// <summary>Unmaps the file once running reads have ended.</summary>
    public void Dispose()
    {
        if (_start is not null && !_handle.IsClosed) _handle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Verified bytes of the mapping; the caller must release the handle when done with them.</summary>
    private ReadOnlySpan<byte> Borrow(long offset, int length)
    {
        bool held = false;
        _handle.DangerousAddRef(ref held);
        try
        {
            if (length > 0) Verify(offset, length);
            return new ReadOnlySpan<byte>(_start + offset, length);
        }
        catch
        {
            _handle.DangerousRelease();
            throw;
        }
    }

    private void Verify(long offset, int length)
    {
        int last = (int)((offset + length - 1 - TokenShardHeader.Bytes) / TokenShardHeader.BlockBytes);
        for (int block = (int)((offset - TokenShardHeader.Bytes) / TokenShardHeader.BlockBytes); block <= last; block++)
        {
            if (_verified[block]) continue;
            long start = TokenShardHeader.Bytes + (long)block * TokenShardHeader.BlockBytes;
            int bytes = (int)Math.Min(TokenShardHeader.BlockBytes, _header.ChecksumsAt - start);
            var expected = new ReadOnlySpan<byte>(_start + _header.ChecksumsAt + block * sizeof(uint), sizeof(uint));
            if (Crc32C.Compute(new ReadOnlySpan<byte>(_start + start, bytes)) != BinaryPrimitives.ReadUInt32LittleEndian(expected))
                throw TokenShardHeader.Altered(Path, $"the block at byte {start:N0} does not match its checksum");
            _verified[block] = true;
        }
    }

    /// <summary>The record of a document; <see cref="CheckDocuments"/> verified the table when the shard was opened.</summary>
    private (uint Token, uint Line, ulong Hash) Record(int document)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(document);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(document, DocumentCount);
        bool held = false;
        _handle.DangerousAddRef(ref held);
        long at = _header.DocumentsAt + (long)document * TokenShardHeader.DocumentBytes;
        var record = new ReadOnlySpan<byte>(_start + at, TokenShardHeader.DocumentBytes);
        (uint, uint, ulong) values = (BinaryPrimitives.ReadUInt32LittleEndian(record), BinaryPrimitives.ReadUInt32LittleEndian(record[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[8..]));
        _handle.DangerousRelease();
        return values;
    }

    private void CheckDocuments()
    {
        const int Step = TokenShardHeader.BlockBytes;
        for (long at = _header.DocumentsAt; at < _header.ChecksumsAt; at += Step) Verify(at, (int)Math.Min(Step, _header.ChecksumsAt - at));
        (uint token, uint line) = (0, 0);
        for (int document = 0; document < DocumentCount; document++)
        {
            (uint nextToken, uint nextLine, _) = Record(document);
            bool ordered = document == 0 ? nextToken == 0 && nextLine == 0 : nextToken > token && nextLine > line;
            if (!ordered || nextToken >= TokenCount || nextLine >= LineCount || (document > 0 && nextToken - token > int.MaxValue))
                throw TokenShardHeader.Altered(Path, $"document {document:N0} starts at an impossible place");
            (token, line) = (nextToken, nextLine);
        }
    }
}
