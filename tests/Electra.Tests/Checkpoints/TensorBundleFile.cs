using System.Buffers.Binary;
using System.Text;
using Electra.Checkpoints;

namespace Electra.Tests.Checkpoints;

/// <summary>Writes TensorFlow checkpoints, good ones and others.</summary>
internal sealed class TensorBundleFile
{
    private readonly SortedDictionary<string, byte[]> _entries = new(StringComparer.Ordinal); // keys with a character for each byte
    private readonly List<byte> _data = [];

    /// <summary>The message under the empty key.</summary>
    public byte[] Header { get; set; } = [.. Field(1, 1), .. Field(3, Field(1, 1))];

    /// <summary>After how many entries a block ends, and with it what keys share.</summary>
    public int EntriesPerBlock { get; set; } = 16;

    /// <summary>The byte behind each block.</summary>
    public byte BlockType { get; set; }

    /// <summary>Is given each block before its checksum is computed; what it returns is written.</summary>
    public Func<byte[], byte[]> Harm { get; set; } = block => block;

    /// <summary>The bytes of the data file.</summary>
    public byte[] Data => [.. _data];

    /// <summary>Adds a variable with its bytes.</summary>
    public void Add(string name, int type, long[] shape, byte[] bytes)
    {
        _entries[name] = Entry(type, shape, 0, _data.Count, bytes.Length, Crc32C.MaskedOf(bytes));
        _data.AddRange(bytes);
    }

    /// <summary>Adds a float32 variable.</summary>
    public void Add(string name, params long[] shape)
    {
        var bytes = new byte[4 * shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < bytes.Length; i += 4) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i), (float)Math.Sin(_data.Count + i));
        Add(name, 1, shape, bytes);
    }

    /// <summary>Adds a variable that was cut in parts; their shapes follow from <paramref name="slices"/>.</summary>
    public void AddParts(string name, long[] shape, params (long Start, long Length)[][] slices)
    {
        _entries[name] = [.. Entry(1, shape, 0, 0, 0, 0), .. slices.SelectMany(slice => Field(7, [.. slice.SelectMany(part => Field(1, [.. Field(1, part.Start), .. part.Length < 0 ? [] : Field(2, part.Length)]))]))];
        foreach ((long Start, long Length)[] slice in slices) Add(SliceKey.Of(name, slice), [.. slice.Select((part, i) => part.Length < 0 ? shape[i] : Math.Max(0, part.Length))]);
    }

    /// <summary>Adds or replaces an entry as it stands in the file.</summary>
    public void Put(string key, byte[] value) => _entries[key] = value;

    /// <summary>Takes an entry out.</summary>
    public void Remove(string key) => _entries.Remove(key);

    /// <summary>An entry's message.</summary>
    public static byte[] Entry(int type, long[] shape, int shard, long offset, long size, uint checksum)
    {
        byte[] crc = new byte[5];
        crc[0] = (6 << 3) | 5;
        BinaryPrimitives.WriteUInt32LittleEndian(crc.AsSpan(1), checksum);
        byte[] dimensions = [.. shape.SelectMany(dimension => Field(2, Field(1, dimension)))];
        return [.. Field(1, type), .. Field(2, dimensions), .. Field(3, shard), .. Field(4, offset), .. Field(5, size), .. crc];
    }

    public static byte[] Field(int number, long value) => [.. Varint((ulong)number << 3), .. Varint((ulong)value)];

    public static byte[] Field(int number, byte[] message) => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)message.Length), .. message];

    public static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    /// <summary>The index file.</summary>
    public byte[] Index()
    {
        using var file = new MemoryStream();
        List<(string, byte[])> handles = [];
        foreach (var chunk in _entries.Select(pair => (pair.Key, pair.Value)).Prepend((Key: string.Empty, Value: Header)).Chunk(EntriesPerBlock))
            handles.Add((chunk[^1].Key, Append(file, Block(chunk))));
        byte[] meta = Append(file, Block([])), index = Append(file, Block(handles));
        byte[] footer = new byte[48];
        ((byte[])[.. meta, .. index]).CopyTo(footer, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(footer.AsSpan(40), 0xdb4775248b80fb57);
        file.Write(footer);
        return file.ToArray();
    }

    /// <summary>Writes both files and gives the prefix.</summary>
    public string Write(string prefix)
    {
        File.WriteAllBytes(prefix + ".index", Index());
        File.WriteAllBytes(prefix + ".data-00000-of-00001", Data);
        return prefix;
    }

    private byte[] Append(MemoryStream file, byte[] block)
    {
        byte[] whole = [.. Harm(block), BlockType];
        byte[] handle = [.. Varint((ulong)file.Length), .. Varint((ulong)whole.Length - 1)];
        byte[] crc = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc32C.MaskedOf(whole));
        file.Write([.. whole, .. crc]);
        return handle;
    }

    private static byte[] Block(IEnumerable<(string Key, byte[] Value)> entries)
    {
        List<byte> bytes = [];
        string last = string.Empty;
        foreach ((string key, byte[] value) in entries)
        {
            int shared = last.Zip(key).TakeWhile(pair => pair.First == pair.Second).Count();
            bytes.AddRange([.. Varint((ulong)shared), .. Varint((ulong)(key.Length - shared)), .. Varint((ulong)value.Length)]);
            bytes.AddRange([.. Encoding.Latin1.GetBytes(key[shared..]), .. value]);
            last = key;
        }

        return [.. bytes, 0, 0, 0, 0, 1, 0, 0, 0]; // one restart point, at 0
    }
}
