using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native.Kernels;

/// <summary>float32 storage.</summary>
internal readonly unsafe struct Float32Element : IElement
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source, long index, int count)
    {
        float* from = (float*)source + index;
        return count >= Simd.Lanes ? Vector512.Load(from) : LoadTail(from, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, void* destination, long index, int count)
    {
        float* to = (float*)destination + index;
        if (count >= Simd.Lanes) value.Store(to);
        else StoreTail(value, to, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> LoadTail(float* from, int count)
    {
        float* lanes = stackalloc float[Simd.Lanes];
        new Span<float>(lanes, Simd.Lanes).Clear();
        for (int i = 0; i < count; i++) lanes[i] = from[i];
        return Vector512.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreTail(Vector512<float> value, float* to, int count)
    {
        float* lanes = stackalloc float[Simd.Lanes];
        value.Store(lanes);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }
}
