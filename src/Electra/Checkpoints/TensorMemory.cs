using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Raw access to the memory of CPU tensors: no managed copy, and not the 2 GB limit of <see cref="Tensor.bytes"/>.</summary>
internal static unsafe class TensorMemory
{
    private const int ChunkBytes = 1 << 30;

    /// <summary>True when <see cref="Pointer"/> may be used: the elements lie one after the other in CPU memory.</summary>
    public static bool IsReachable(Tensor tensor) => tensor.device.type == TorchSharp.DeviceType.CPU && tensor.is_contiguous();

    /// <summary>The first byte of a contiguous CPU tensor, valid while the tensor lives; null when it has no elements.</summary>
    public static byte* Pointer(Tensor tensor)
    {
        if (tensor.numel() == 0) return null;
        using Tensor detached = tensor.detach();
        using Tensor flat = detached.view(-1);
        using Tensor first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Writes all bytes of a contiguous CPU tensor.</summary>
    public static void CopyTo(Tensor tensor, Stream stream)
    {
        byte* source = Pointer(tensor);
        long count = tensor.numel() * tensor.element_size();
        for (long done = 0; done < count; done += ChunkBytes)
        {
            stream.Write(new ReadOnlySpan<byte>(source + done, (int)Math.Min(ChunkBytes, count - done)));
        }

        GC.KeepAlive(tensor);
    }

    /// <summary>True when every byte is 0 or 1, as libtorch's kernels take for granted of a Bool tensor.</summary>
    public static bool AreBooleans(byte* source, long count)
    {
        for (long done = 0; done < count; done += ChunkBytes)
        {
            var chunk = new ReadOnlySpan<byte>(source + done, (int)Math.Min(ChunkBytes, count - done));
            if (chunk.ContainsAnyExceptInRange((byte)0, (byte)1)) return false;
        }

        return true;
    }
}
