using System.Buffers.Binary;
using System.Text;

namespace Electra.Onnx;

/// <summary>
/// A message in the wire format of protocol buffers. Bytes that are given are not copied, so that a model's weights are in memory once.
/// </summary>
internal sealed class ProtoMessage
{
    private const int VarintType = 0, LengthType = 2, Fixed32Type = 5, LongestVarint = 10;

    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>Its length in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Adds a whole number or an enumeration's value.</summary>
    public ProtoMessage Add(int field, long value) => Tag(field, VarintType).Varint((ulong)value);

    /// <summary>Adds a number of type float.</summary>
    public ProtoMessage Add(int field, float value)
    {
        byte[] bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Tag(field, Fixed32Type).Part(bytes);
    }

    /// <summary>Adds a text.</summary>
    public ProtoMessage Add(int field, string text) => Add(field, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text));

    /// <summary>Adds bytes, which must not change any more.</summary>
    public ProtoMessage Add(int field, ReadOnlyMemory<byte> bytes) => Tag(field, LengthType).Varint((ulong)bytes.Length).Part(bytes);

    /// <summary>Adds a message, which must be complete.</summary>
    public ProtoMessage Add(int field, ProtoMessage message)
    {
        Tag(field, LengthType).Varint((ulong)message.Size);
        _parts.AddRange(message._parts);
        Size += message.Size;
        return this;
    }

    /// <summary>Writes it.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (ReadOnlyMemory<byte> part in _parts) stream.Write(part.Span);
    }

    private ProtoMessage Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private ProtoMessage Varint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[LongestVarint];
        int length = 0;
        for (; value >= 0x80; value >>= 7) bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
        return Part(bytes[..length].ToArray());
    }

    private ProtoMessage Part(ReadOnlyMemory<byte> bytes)
    {
        _parts.Add(bytes);
        Size += bytes.Length;
        return this;
    }
}
