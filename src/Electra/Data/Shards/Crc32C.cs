using System.Buffers.Binary;
using System.Numerics;

namespace Electra.Data;

/// <summary>The CRC-32C (Castagnoli) checksum; in hardware where the processor has it.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of the bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
