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

    /// <summary>Requires that a stored tensor can be copied into another: equal shapes, and one element type or two floating-point ones.</summary>
    /// <param name="dtype">The stored one's type.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="destination">What it is copied into.</param>
    /// <param name="stored">Names the stored one, its file and what it is, for the message.</param>
    /// <exception cref="InvalidDataException">It can't.</exception>
    public static void RequireFit(ScalarType dtype, IEnumerable<long> shape, Tensor destination, Func<string> stored)
    {
        bool convertible = dtype == destination.dtype || (is_floating_point(dtype) && destination.is_floating_point());
        if (!convertible || !shape.SequenceEqual(destination.shape))
            throw new InvalidDataException($"{stored()}, but {destination.dtype} [{string.Join(", ", destination.shape)}] was expected.");
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
