using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// How a kernel reads and writes one storage type; arithmetic is float32 whatever the storage. Kernels work on whole vectors: a call in
/// a loop, such as one that handles a partial vector, would send every accumulator through memory.
/// </summary>
internal unsafe interface IElement
{
    /// <summary>Sixteen elements from <paramref name="source"/>[<paramref name="index"/>] on.</summary>
    static abstract Vector512<float> Load(void* source, long index);

    /// <summary>Writes sixteen elements, rounded to nearest even where the storage is narrower.</summary>
    static abstract void Store(Vector512<float> value, void* destination, long index);

    /// <summary>One element.</summary>
    static abstract float Read(void* source, long index);

    /// <summary>Writes one element, rounded like <see cref="Store"/>.</summary>
    static abstract void Write(float value, void* destination, long index);

    /// <summary>The normal distribution function, as exact as the storage deserves; gelu(x) is x times it.</summary>
    static abstract Vector512<float> NormalCdf(Vector512<float> x);

    /// <summary>The same and the derivative of gelu.</summary>
    static abstract (Vector512<float> Cdf, Vector512<float> Slope) NormalCdfAndGeluSlope(Vector512<float> x);
}
