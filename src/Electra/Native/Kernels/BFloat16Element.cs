using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native.Kernels;

/// <summary>bfloat16 storage: the upper half of a float32.</summary>
internal readonly unsafe struct BFloat16Element : IElement
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source, long index, int count)
    {
        ushort* from = (ushort*)source + index;
        Vector256<ushort> bits = count >= Simd.Lanes ? Vector256.Load(from) : LoadTail(from, count);
        Vector512<uint> wide = Vector512.Create(Vector256.WidenLower(bits), Vector256.WidenUpper(bits));
        return Vector512.ShiftLeft(wide, 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, void* destination, long index, int count)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> roundToEven = Vector512.Create(0x7fffu) + (Vector512.ShiftRightLogical(bits, 16) & Vector512.Create(1u));
        Vector512<uint> upper = Vector512.ShiftRightLogical(bits + roundToEven, 16);
        Vector256<ushort> narrow = Vector256.Narrow(upper.GetLower(), upper.GetUpper());
        ushort* to = (ushort*)destination + index;
        if (count >= Simd.Lanes) narrow.Store(to);
        else StoreTail(narrow, to, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<ushort> LoadTail(ushort* from, int count)
    {
        ushort* lanes = stackalloc ushort[Simd.Lanes];
        new Span<ushort>(lanes, Simd.Lanes).Clear();
        for (int i = 0; i < count; i++) lanes[i] = from[i];
        return Vector256.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreTail(Vector256<ushort> value, ushort* to, int count)
    {
        ushort* lanes = stackalloc ushort[Simd.Lanes];
        value.Store(lanes);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }
}
