using System.Buffers.Binary;
using System.Text;

namespace Electra.Tests.Checkpoints;

/// <summary>Builds safetensors files byte by byte, the malformed ones too.</summary>
internal static class SafetensorsFile
{
    public static byte[] Bytes(string header, int dataBytes, ulong? announced = null) =>
        Bytes(Encoding.UTF8.GetBytes(header), dataBytes, announced);

    public static byte[] Bytes(byte[] header, int dataBytes, ulong? announced = null)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, announced ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        return file;
    }
}
