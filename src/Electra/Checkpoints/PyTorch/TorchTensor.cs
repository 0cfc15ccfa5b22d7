using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>A tensor as a pickle describes it: a view of a storage, checked to lie within it.</summary>
internal sealed class TorchTensor
{
    private TorchTensor(TorchStorage storage, ScalarType dtype, long offset, long[] shape, long[] strides, long span) =>
        (Storage, DType, Offset, Shape, Strides, Span) = (storage, dtype, offset, shape, strides, span);

    public TorchStorage Storage { get; }

    public ScalarType DType { get; }

    /// <summary>The first element within the storage.</summary>
    public long Offset { get; }

    public long[] Shape { get; }

    public long[] Strides { get; }

    /// <summary>Elements of the storage from the first to the last that the tensor looks at.</summary>
    public long Span { get; }

    /// <summary>Type and shape as messages show them.</summary>
    public string Description => $"{SafetensorsDTypes.NameOf(DType)} [{string.Join(", ", Shape)}]";

    /// <summary>True when its elements lie one after the other.</summary>
    public bool IsContiguous
    {
        get
        {
            if (Span == 0) return true;
            long expected = 1;
            for (int i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != expected) return false;
                expected *= Shape[i];
            }

            return true;
        }
    }

    /// <summary>
    /// Checks a description against its storage, and against the <paramref name="largest"/> number of bytes that a tensor may have when it
    /// is written out: a view may repeat elements without end.
    /// </summary>
    /// <exception cref="InvalidDataException">It leaves its storage, or is larger.</exception>
    public static TorchTensor Of(TorchStorage storage, ScalarType dtype, long offset, long[] shape, long[] strides, long largest)
    {
        string name = $"a tensor of shape [{string.Join(", ", shape.Take(8))}], strides [{string.Join(", ", strides.Take(8))}] at element {offset}";
        if (shape.Length != strides.Length || offset < 0 || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
            throw new InvalidDataException($"{name} is not possible");
        int size = SafetensorsDTypes.SizeOf(dtype);
        long available = storage.ByteCount / size; // bytes without a type of their own take the tensor's
        Int128 count = 1, last = offset;
        for (int i = 0; i < shape.Length; i++)
        {
            count *= Math.Max(shape[i], 1); // a zero does not hide an overflow of the other sizes
            last += (Int128)Math.Max(shape[i] - 1, 0) * strides[i];
            if (count * size > largest) throw new InvalidDataException($"{name} would take more memory than the whole file");
            if (last > long.MaxValue) throw new InvalidDataException($"{name} is not possible");
        }

        bool empty = shape.Contains(0);
        if (empty ? offset > available : last >= available)
            throw new InvalidDataException($"{name} leaves its storage '{storage.Key}' of {available} elements");
        return new TorchTensor(storage, dtype, offset, shape, strides, empty ? 0 : (long)last - offset + 1);
    }
}
