using System.Runtime.InteropServices;

namespace Electra.Distributed;

/// <summary>What the processes of a communicator have in common: made by one of them and given to all. NCCL takes it by value.</summary>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal unsafe struct NcclUniqueId
{
    /// <summary>NCCL_UNIQUE_ID_BYTES</summary>
    public const int Length = 128;

    private fixed byte _bytes[Length];

    /// <summary>Reads an id.</summary>
    /// <param name="bytes">As many as it has.</param>
    public static NcclUniqueId Of(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<NcclUniqueId>(bytes);

    /// <summary>Its bytes.</summary>
    public byte[] ToArray() => MemoryMarshal.AsBytes(new ReadOnlySpan<NcclUniqueId>(ref this)).ToArray();
}
