using System.Buffers.Binary;
using System.Text;

namespace Electra.Checkpoints;

/// <summary>
/// Where the entries of a zip archive lie. Entries are taken as they are in the file (PyTorch packs none), so that they can be read in
/// place and a small file can't become a large one.
/// </summary>
/// <remarks>Format: PKWARE's APPNOTE 6.3.10, with its 64-bit fields.</remarks>
internal static class ZipDirectory
{
    private const uint EndMagic = 0x06054b50, End64Magic = 0x06064b50, Locator64Magic = 0x07064b50, EntryMagic = 0x02014b50, LocalMagic = 0x04034b50;
    private const int EndBytes = 22, LongestComment = 0xFFFF, Locator64Bytes = 20, End64Bytes = 56, EntryBytes = 46, LocalBytes = 30;

    /// <summary>One entry.</summary>
    /// <param name="Position">The first byte of its content in the file.</param>
    /// <param name="Length">Bytes in the file.</param>
    /// <param name="IsPlain">It is stored as it is, neither packed nor encrypted.</param>
    public readonly record struct Entry(long Position, long Length, bool IsPlain);

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or names an entry twice.</exception>
    public static Dictionary<string, Entry> Read(Stream file, string path)
    {
        InvalidDataException Bad(string fault) => new($"'{path}' is not a usable PyTorch file: {fault}.");
        (long start, long length, long count) = FindDirectory(file, Bad);
        if (length > int.MaxValue || start < 0 || length < 0 || start > file.Length - length || count > length / EntryBytes)
            throw Bad("its zip directory lies outside the file");
        ReadOnlySpan<byte> directory = At(file, start, (int)length);
        Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            if (directory.Length < EntryBytes || U32(directory, 0) != EntryMagic) throw Bad("its zip directory is damaged");
            int nameLength = U16(directory, 28), extraLength = U16(directory, 30), commentLength = U16(directory, 32);
            if (directory.Length < EntryBytes + nameLength + extraLength + commentLength) throw Bad("its zip directory is damaged");
            string name = Encoding.UTF8.GetString(directory.Slice(EntryBytes, nameLength));
            (long size, long packed, long header) = Sizes(directory, directory.Slice(EntryBytes + nameLength, extraLength));
            bool isPlain = (U16(directory, 8) & 1) == 0 && U16(directory, 10) == 0 && size == packed;
            long position = ContentAt(file, header, name, Bad);
            if (packed < 0 || position > file.Length - packed) throw Bad($"its entry '{name}' ends after the file; it was cut short or damaged");
            if (!entries.TryAdd(name, new Entry(position, packed, isPlain))) throw Bad($"it has two entries '{name}'");
            directory = directory[(EntryBytes + nameLength + extraLength + commentLength)..];
        }

        return entries;
    }

    private static (long Start, long Length, long Count) FindDirectory(Stream file, Func<string, InvalidDataException> bad)
    {
        int tailLength = (int)Math.Min(file.Length, EndBytes + LongestComment + Locator64Bytes);
        long tailStart = file.Length - tailLength;
        byte[] tail = At(file, tailStart, tailLength);
        for (int i = tailLength - EndBytes; i >= 0; i--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(i);
            if (U32(end, 0) != EndMagic || U16(end, 20) != end.Length - EndBytes) continue;
            bool wide = U16(end, 10) == 0xFFFF || U32(end, 12) == uint.MaxValue || U32(end, 16) == uint.MaxValue;
            return wide ? FindDirectory64(file, tail, i, bad) : (U32(end, 16), U32(end, 12), U16(end, 10));
        }

        throw bad("it is a zip archive without its directory: it was cut short; download or copy it again");
    }

    private static (long Start, long Length, long Count) FindDirectory64(Stream file, byte[] tail, int end, Func<string, InvalidDataException> bad)
    {
        int locator = end - Locator64Bytes;
        if (locator < 0 || U32(tail.AsSpan(locator), 0) != Locator64Magic) throw bad("its zip directory is damaged");
        long position = I64(tail.AsSpan(locator), 8);
        if (position < 0 || position > file.Length - End64Bytes) throw bad("its zip directory lies outside the file");
        ReadOnlySpan<byte> record = At(file, position, End64Bytes);
        return U32(record, 0) == End64Magic ? (I64(record, 48), I64(record, 40), I64(record, 32)) : throw bad("its zip directory is damaged");
    }

    // Sizes beyond 32 bits stand in a field of their own, those that are, in this order.
    private static (long Size, long Packed, long Header) Sizes(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        long packed = U32(entry, 20), size = U32(entry, 24), header = U32(entry, 42);
        while (extra.Length >= 4)
        {
            int kind = U16(extra, 0), length = Math.Min((int)U16(extra, 2), extra.Length - 4);
            ReadOnlySpan<byte> field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (kind != 1) continue;
            if (size == uint.MaxValue) size = Next(ref field);
            if (packed == uint.MaxValue) packed = Next(ref field);
            if (header == uint.MaxValue) header = Next(ref field);
        }

        return (size, packed, header);
    }

    private static long Next(ref ReadOnlySpan<byte> field)
    {
        if (field.Length < sizeof(long)) return -1;
        long value = I64(field, 0);
        field = field[sizeof(long)..];
        return value;
    }

    private static long ContentAt(Stream file, long header, string name, Func<string, InvalidDataException> bad)
    {
        if (header < 0 || header > file.Length - LocalBytes) throw bad($"its entry '{name}' lies outside the file");
        byte[] local = At(file, header, LocalBytes);
        return U32(local, 0) == LocalMagic
            ? header + LocalBytes + U16(local, 26) + U16(local, 28)
            : throw bad($"its entry '{name}' has a damaged header");
    }

    private static byte[] At(Stream file, long position, int length)
    {
        byte[] bytes = new byte[length];
        file.Position = position;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
