using System.Buffers.Binary;
using System.Text;

namespace Electra.Data;

/// <summary>
/// The first 128 bytes of a token shard and the places that follow from them. A shard is, little-endian: header; token ids
/// (uint16 or uint32); the token count of every line (uint32); one 16-byte record a document (first token uint32, first line
/// uint32, content hash uint64); the CRC-32C of every 64 KiB block of those three sections (uint32). Sections start at multiples of 8.
/// </summary>
internal readonly record struct TokenShardHeader(
    int BytesPerToken, int VocabSize, string VocabularyHash, long Tokens, long Lines, long Documents)
{
    public const int Bytes = 128;
    public const int BlockBytes = 1 << 16;
    public const int HashLength = 64;
    public const int DocumentBytes = 16;
    private const uint Version = 1;
    private const int ChecksumAt = Bytes - sizeof(uint);
    private const int TableChecksumAt = ChecksumAt - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "ELECTOKS"u8;

    /// <summary>Where the line table starts; the tokens start right after the header.</summary>
    public long LinesAt => Align(Bytes + Tokens * BytesPerToken);

    /// <summary>Where the document table starts.</summary>
    public long DocumentsAt => Align(LinesAt + Lines * sizeof(uint));

    /// <summary>Where the checksums start, which is where the checked blocks end.</summary>
    public long ChecksumsAt => DocumentsAt + Documents * DocumentBytes;

    /// <summary>The number of checked blocks.</summary>
    public int BlockCount => checked((int)((ChecksumsAt - Bytes + BlockBytes - 1) / BlockBytes));

    /// <summary>The length of the whole file.</summary>
    public long FileBytes => ChecksumsAt + (long)BlockCount * sizeof(uint);

    /// <summary>The next multiple of 8.</summary>
    public static long Align(long position) => (position + 7) & ~7L;

    /// <summary>Writes the header.</summary>
    /// <param name="destination">128 bytes.</param>
    /// <param name="tableChecksum">The CRC-32C of the checksum table.</param>
    public void Write(Span<byte> destination, uint tableChecksum)
    {
        destination.Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], BytesPerToken);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], VocabSize);
        BinaryPrimitives.WriteInt32LittleEndian(destination[20..], BlockBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Tokens);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], Lines);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], Documents);
        Encoding.ASCII.GetBytes(VocabularyHash, destination.Slice(56, HashLength));
        BinaryPrimitives.WriteUInt32LittleEndian(destination[TableChecksumAt..], tableChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumAt..], Crc32C.Compute(destination[..ChecksumAt]));
    }

    /// <summary>Reads a header and checks it against itself and the file's length.</summary>
    /// <exception cref="InvalidDataException">The file is no shard, of another version, altered or cut off.</exception>
    public static TokenShardHeader Read(ReadOnlySpan<byte> source, long fileBytes, string path, out uint tableChecksum)
    {
        if (source.Length < Bytes || !source.StartsWith(Magic))
            throw Altered(path, "it does not start as a token shard does");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]) != Crc32C.Compute(source[..ChecksumAt]))
            throw Altered(path, "the header does not match its checksum");
        if (version != Version)
            throw new InvalidDataException($"{path}: the format version is {version}, but {Version} was expected. Write the shards again.");

        var header = new TokenShardHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
            Encoding.ASCII.GetString(source.Slice(56, HashLength)),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]));
        // A crafted header can carry a right checksum; the limits keep the arithmetic on its counts from overflowing.
        bool plausible = header.BytesPerToken is 2 or 4
            && header.Tokens is >= 0 and <= uint.MaxValue && header.Lines is >= 0 and <= uint.MaxValue
            && header.Documents is >= 0 and <= int.MaxValue && BinaryPrimitives.ReadInt32LittleEndian(source[20..]) == BlockBytes;
        if (!plausible) throw Altered(path, "the header's counts are impossible");
        if (header.FileBytes != fileBytes)
        {
            string how = fileBytes < header.FileBytes ? "cut off" : "longer than it should be";
            throw Altered(path, $"the file is {how}: {fileBytes:N0} bytes instead of {header.FileBytes:N0}");
        }

        tableChecksum = BinaryPrimitives.ReadUInt32LittleEndian(source[TableChecksumAt..]);
        return header;
    }

    /// <summary>The error for a shard that is not what was written.</summary>
    public static InvalidDataException Altered(string path, string what) =>
        new($"{path}: the token shard was altered or damaged: {what}. Write the shards again.");
}
