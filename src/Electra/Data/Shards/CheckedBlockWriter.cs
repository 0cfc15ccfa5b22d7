using System.Buffers.Binary;

namespace Electra.Data;

/// <summary>Writes a shard's sections and keeps the checksum of each block.</summary>
internal sealed class CheckedBlockWriter(Stream stream)
{
    private readonly byte[] _block = new byte[TokenShardHeader.BlockBytes];
    private readonly List<uint> _checksums = [];
    private int _filled;

    /// <summary>The bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Appends one value of 2, 4 or 8 bytes; sections are aligned, so it never spans two blocks.</summary>
    public void Write(ulong value, int bytes)
    {
        Span<byte> target = _block.AsSpan(_filled, bytes);
        if (bytes == sizeof(ushort)) BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)value);
        else if (bytes == sizeof(uint)) BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
        else BinaryPrimitives.WriteUInt64LittleEndian(target, value);
        _filled += bytes;
        Written += bytes;
        if (_filled == _block.Length) FlushBlock();
    }

    /// <summary>Fills up with zeros to a multiple of 8 bytes.</summary>
    public void Align()
    {
        while (Written != TokenShardHeader.Align(Written)) Write(0, sizeof(ushort));
    }

    /// <summary>Writes the last block and after it the table of checksums; returns the checksum of that table.</summary>
    public uint Complete()
    {
        if (_filled > 0) FlushBlock();
        var table = new byte[_checksums.Count * sizeof(uint)];
        for (int i = 0; i < _checksums.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(i * sizeof(uint)), _checksums[i]);
        stream.Write(table);
        return Crc32C.Compute(table);
    }

    private void FlushBlock()
    {
        ReadOnlySpan<byte> block = _block.AsSpan(0, _filled);
        _checksums.Add(Crc32C.Compute(block));
        stream.Write(block);
        _filled = 0;
    }
}
