using System.Buffers.Binary;

namespace Electra.Checkpoints;

/// <summary>Walks over the fields of a protocol buffer message and over the numbers of a table, never past the end.</summary>
/// <param name="bytes">The message.</param>
/// <param name="what">The file and the part of it, for messages.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes, string what)
{
    private const int LongestVarint = 10;

    private ReadOnlySpan<byte> _rest = bytes;
    private int _wireType;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes that are not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Whether the value of the field that was entered is a message or text.</summary>
    public readonly bool IsNested => _wireType == 2;

    /// <summary>Enters the next field; its value must be read or skipped before the next one.</summary>
    /// <returns>The field's number; 0 at the end.</returns>
    public int NextField()
    {
        if (IsAtEnd) return 0;
        ulong tag = Varint();
        _wireType = (int)(tag & 7);
        tag >>= 3;
        if (tag is 0 or > 0x1fffffff) throw Fault($"a field has the number {tag}");
        return (int)tag;
    }

    /// <summary>The value of the field, a number.</summary>
    public long Int64()
    {
        Require(0, "a number");
        return (long)Varint();
    }

    /// <summary>The value of the field, a number that must fit 32 bits.</summary>
    public int Int32()
    {
        long value = Int64();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Fault($"{value} stands where a 32 bit number is expected");
    }

    /// <summary>The value of the field, 32 bits in four bytes.</summary>
    public uint Fixed32()
    {
        Require(5, "four bytes");
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
    }

    /// <summary>The value of the field, a message.</summary>
    public ProtoReader Message()
    {
        Require(2, "a message");
        return new ProtoReader(Take(Varint()), what);
    }

    /// <summary>Passes over the value of a field that is of no interest.</summary>
    public void Skip()
    {
        if (_wireType == 0) Varint();
        else Take(_wireType switch { 1 => 8, 2 => Varint(), 5 => 4, _ => throw Fault($"a field has wire type {_wireType}") });
    }

    /// <summary>A number of one to ten bytes, seven bits each.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < LongestVarint; i++)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << (7 * i);
            if (next < 0x80) return value;
        }

        throw Fault("a number does not end");
    }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) throw Fault($"{count} bytes are announced where {_rest.Length} are left");
        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private readonly void Require(int wireType, string expected)
    {
        if (_wireType != wireType) throw Fault($"a field of wire type {_wireType} stands where {expected} is expected");
    }

    private readonly InvalidDataException Fault(string fault) => new($"{what} is damaged: {fault}; get the file again.");
}
