using System.Buffers.Binary;
using System.Numerics;

namespace Electra.Checkpoints;

/// <summary>The checksum of TensorFlow's files: CRC-32C, and the disguise in which it is stored beside what it covers.</summary>
internal static class Crc32C
{
    /// <summary>What <see cref="Append"/> begins with.</summary>
    public const uint Start = uint.MaxValue;

    private const uint Offset = 0xa282ead8;

    /// <summary>Takes more bytes into a running checksum.</summary>
    public static uint Append(uint running, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            running = BitOperations.Crc32C(running, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte value in bytes) running = BitOperations.Crc32C(running, value);
        return running;
    }

    /// <summary>A running checksum as files hold it.</summary>
    public static uint Masked(uint running) => BitOperations.RotateRight(~running, 15) + Offset;

    /// <summary>The checksum of some bytes as files hold it.</summary>
    public static uint MaskedOf(ReadOnlySpan<byte> bytes) => Masked(Append(Start, bytes));
}
