using System.Buffers.Binary;
using System.Text;

namespace Electra.Checkpoints;

/// <summary>The bytes of a pickle, read in order; a length is held against what is left before anything is made of that size.</summary>
internal sealed class PickleStream(Stream stream, string path)
{
    private const int LongestLine = 1000;

    /// <summary>The next byte to read, counted from the stream's start.</summary>
    public long Position => stream.Position;

    public long Left => stream.Length - stream.Position;

    public byte Byte()
    {
        int value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw CutShort();
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Exactly(stackalloc byte[2]));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Exactly(stackalloc byte[4]));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Exactly(stackalloc byte[8]));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Exactly(stackalloc byte[8]));

    public byte[] Bytes(long count)
    {
        if (count < 0 || count > Left) throw Bad($"a text or number of {(ulong)count} bytes is announced, {Left} bytes are left");
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public string Utf8(long count)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(count));
        }
        catch (ArgumentException)
        {
            throw Bad("a text is not UTF-8");
        }
    }

    /// <summary>A line of text, as names of modules and classes are written.</summary>
    public string Line()
    {
        var line = new StringBuilder();
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            if (line.Length == LongestLine) throw Bad("the name of a class does not end");
            line.Append((char)next);
        }

        return line.ToString();
    }

    public InvalidDataException Bad(string fault) => new($"'{path}' is not a usable PyTorch file: {fault}.");

    public InvalidDataException CutShort() => Bad("it ends in the middle: it was cut short; download or copy it again");

    private Span<byte> Exactly(Span<byte> room)
    {
        if (room.Length > Left) throw CutShort();
        stream.ReadExactly(room);
        return room;
    }
}
