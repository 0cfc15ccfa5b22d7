using System.Buffers.Binary;
using System.Text;

namespace Electra.Checkpoints;

/// <summary>
/// The sorted table that an <c>.index</c> file is: blocks of entries whose keys leave out what they share with the key before, a block that says
/// where those are, and a footer that says where that one is.
/// </summary>
internal sealed class IndexTable
{
    private const int FooterBytes = 48, MagicBytes = 8, TrailerBytes = 5;

    // TensorFlow starts a key anew after 16 entries, so that all keys together are at most so many times as long as the file.
    private const int MostKeyBytesPerFileByte = 32, LongestKey = 4096;

    private readonly byte[] _file;
    private readonly string _path;
    private long _keyBytes;

    private IndexTable(byte[] file, string path) => (_file, _path) = (file, path);

    /// <summary>Whether a file ends as such tables do.</summary>
    /// <param name="end">Its last bytes.</param>
    public static bool HasMagic(ReadOnlySpan<byte> end) => end.EndsWith((ReadOnlySpan<byte>)[0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]);

    /// <summary>All entries, sorted by key; a key is given with a character for each byte.</summary>
    /// <param name="file">The whole file, of which values remain parts.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="InvalidDataException">It is no such table, is damaged, or is compressed.</exception>
    public static List<(string Key, ReadOnlyMemory<byte> Value)> Read(byte[] file, string path) => new IndexTable(file, path).Read();

    private List<(string Key, ReadOnlyMemory<byte> Value)> Read()
    {
        if (_file.Length < FooterBytes || !HasMagic(_file))
        {
            string fault = _file.Length < FooterBytes ? $"it has only {_file.Length} bytes" : "its last bytes are not those of a table";
            throw new InvalidDataException($"'{_path}' is no index of a TensorFlow checkpoint, or is cut short: {fault}; get it again.");
        }

        var footer = new ProtoReader(_file.AsSpan(_file.Length - FooterBytes, FooterBytes - MagicBytes), $"The footer of '{_path}'");
        Handle(ref footer); // of a block of properties, which no checkpoint has
        (ulong offset, ulong size) = Handle(ref footer);
        ulong end = 0;
        var all = new List<(string Key, ReadOnlyMemory<byte> Value)>();
        foreach ((_, ReadOnlyMemory<byte> value) in Entries(Block(offset, size), after: null))
        {
            var handle = new ProtoReader(value.Span, $"The list of blocks of '{_path}'");
            (offset, size) = Handle(ref handle);
            if (offset < end) throw Fault($"the block at {offset} begins before the end of the one before it, {end}");
            ReadOnlyMemory<byte> block = Block(offset, size);
            end = offset + size + TrailerBytes;
            all.AddRange(Entries(block, all.Count == 0 ? null : all[^1].Key));
        }

        return all;
    }

    private static (ulong Offset, ulong Size) Handle(ref ProtoReader reader) => (reader.Varint(), reader.Varint());

    private ReadOnlyMemory<byte> Block(ulong offset, ulong size)
    {
        ulong room = (ulong)(_file.Length - FooterBytes);
        if (offset > room || size > room || offset + size + TrailerBytes > room)
            throw Fault($"a block of {size} bytes at {offset} reaches beyond the {room} bytes that there are");
        ReadOnlySpan<byte> whole = _file.AsSpan((int)offset, (int)size + TrailerBytes);
        if (Crc32C.MaskedOf(whole[..((int)size + 1)]) != BinaryPrimitives.ReadUInt32LittleEndian(whole[((int)size + 1)..]))
            throw Fault($"the checksum of the block at {offset} does not match");
        return whole[(int)size] switch
        {
            0 => _file.AsMemory((int)offset, (int)size),
            1 => throw new InvalidDataException(
                $"'{_path}' is compressed with Snappy, which TensorFlow's checkpoint writer does not do and this reader does not undo; save the checkpoint again."),
            byte other => throw new InvalidDataException($"'{_path}' is compressed in an unknown way (block type {other}); save the checkpoint again."),
        };
    }

    /// <summary>The entries of a block.</summary>
    /// <param name="block">Its bytes.</param>
    /// <param name="after">The key that all keys are greater than; null when the first may be empty, too.</param>
    private List<(string Key, ReadOnlyMemory<byte> Value)> Entries(ReadOnlyMemory<byte> block, string? after)
    {
        if (block.Length < sizeof(uint)) throw Fault("a block is empty");
        uint restarts = BinaryPrimitives.ReadUInt32LittleEndian(block.Span[^sizeof(uint)..]);
        long length = block.Length - (sizeof(uint) * (1 + (long)restarts));
        if (length < 0) throw Fault($"a block of {block.Length} bytes has {restarts} restart points");

        var entries = new List<(string, ReadOnlyMemory<byte>)>();
        string key = string.Empty;
        for (int at = 0; at < length;)
        {
            var reader = new ProtoReader(block.Span[at..(int)length], $"A block of '{_path}'");
            ulong shared = reader.Varint(), added = reader.Varint(), valueLength = reader.Varint();
            if (shared > (ulong)key.Length) throw Fault($"a key shares {shared} bytes with one of {key.Length}");
            string next = string.Concat(key.AsSpan(0, (int)shared), Encoding.Latin1.GetString(reader.Take(added)));
            int valueBytes = reader.Take(valueLength).Length;
            at = (int)length - reader.Left;
            if (next.Length > LongestKey || (_keyBytes += next.Length) > (long)MostKeyBytesPerFileByte * _file.Length)
                throw Fault("its keys are longer than any name is");
            if (after is not null && string.CompareOrdinal(next, after) <= 0) throw Fault("its keys are not sorted");
            entries.Add((next, block.Slice(at - valueBytes, valueBytes)));
            key = after = next;
        }

        return entries;
    }

    private InvalidDataException Fault(string fault) => new($"'{_path}' is damaged: {fault}; get the file again.");
}
