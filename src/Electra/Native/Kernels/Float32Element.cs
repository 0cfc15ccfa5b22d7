using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>float32 storage.</summary>
internal readonly unsafe struct Float32Element : IElement
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source, long index) => Vector512.Load((float*)source + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, void* destination, long index) => value.Store((float*)destination + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(void* source, long index) => ((float*)source)[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(float value, void* destination, long index) => ((float*)destination)[index] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalCdf(Vector512<float> x) => Simd.Normal(x).Cdf;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Cdf, Vector512<float> Slope) NormalCdfAndGeluSlope(Vector512<float> x)
    {
        (Vector512<float> cdf, Vector512<float> density) = Simd.Normal(x);
        return (cdf, Vector512.FusedMultiplyAdd(x, density, cdf));
    }
}
