using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Electra.Native;

/// <summary>bfloat16 storage: the upper half of a float32.</summary>
internal readonly unsafe struct BFloat16Element : IElement
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source, long index)
    {
        Vector256<ushort> bits = Vector256.Load((ushort*)source + index);
        return Vector512.ShiftLeft(Vector512.WidenLower(bits.ToVector512Unsafe()), 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, void* destination, long index)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> roundToEven = Vector512.Create(0x7fffu) + (Vector512.ShiftRightLogical(bits, 16) & Vector512.Create(1u));
        Vector512<uint> upper = Vector512.ShiftRightLogical(bits + roundToEven, 16);
        Vector256<ushort> narrow = Avx512F.IsSupported
            ? Avx512F.ConvertToVector256UInt16(upper)
            : Vector256.Narrow(upper.GetLower(), upper.GetUpper());
        narrow.Store((ushort*)destination + index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(void* source, long index) => BitConverter.UInt32BitsToSingle((uint)((ushort*)source)[index] << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(float value, void* destination, long index)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        ((ushort*)destination)[index] = (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalCdf(Vector512<float> x) => Simd.RoughNormalCdf(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Cdf, Vector512<float> Slope) NormalCdfAndGeluSlope(Vector512<float> x) =>
        (Simd.RoughNormalCdf(x), Simd.RoughGeluSlope(x));
}
