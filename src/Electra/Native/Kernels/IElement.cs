using System.Runtime.Intrinsics;

namespace Electra.Native.Kernels;

/// <summary>How a kernel reads and writes one storage type; arithmetic is float32 whatever the storage.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes of one element.</summary>
    static abstract int Size { get; }

    /// <summary>Sixteen elements from <paramref name="source"/>[<paramref name="index"/>]; lanes from <paramref name="count"/> on are 0.</summary>
    static abstract Vector512<float> Load(void* source, long index, int count);

    /// <summary>Writes the first <paramref name="count"/> lanes, rounded to nearest even where the storage is narrower.</summary>
    static abstract void Store(Vector512<float> value, void* destination, long index, int count);
}
