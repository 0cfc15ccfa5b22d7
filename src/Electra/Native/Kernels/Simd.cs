using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// Vector arithmetic of the kernels, on 16 float lanes whatever the processor: where there is no AVX-512 the runtime splits a vector
/// into what there is. Only operations whose result IEEE 754 fixes are used, so every processor gives the same bits (losses, which take a
/// logarithm, aside).
/// </summary>
internal static class Simd
{
    /// <summary>float32 lanes of one vector.</summary>
    public const int Lanes = 16;

    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>
    /// The first 64-byte boundary in a stack buffer made <see cref="Lanes"/> longer than needed. Vectors that straddle cache lines
    /// make these kernels two to three times slower.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe float* Align(float* buffer) => (float*)(((nuint)buffer + 63) & ~(nuint)63);

    /// <summary>Lane sum in a fixed order (halves, quarters, ...).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> x)
    {
        Vector256<float> eight = x.GetLower() + x.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    /// <summary>Largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> x)
    {
        Vector256<float> eight = Vector256.Max(x.GetLower(), x.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
    }

    /// <summary>
    /// e^x to about 1 ulp on [-87, 88] (polynomial of the Cephes library), e^88 above, 0 below. Were it e^-87 there, the shares of masked keys would be
    /// subnormal, and so the gradients of padding; Intel's processors multiply such numbers some fifty times slower than others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> isAbove0 = Vector512.GreaterThanOrEqual(x, Vector512.Create(-87.3f));
        x = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-87.3f)), Vector512.Create(88f));
        Vector512<float> n = Vector512.Floor(Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(0.5f)));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        Vector512<int> exponent = Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n) + Vector512.Create(127), 23);
        return p * exponent.AsSingle() & isAbove0;
    }

    /// <summary>
    /// The normal distribution function Φ(x) and density φ(x), from which gelu(x) = xΦ(x) and its derivative Φ(x) + xφ(x).
    /// Absolute error of Φ below 3e-7 (Abramowitz and Stegun 7.1.26, and float32's own near 0).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Cdf, Vector512<float> Density) Normal(Vector512<float> x)
    {
        Vector512<float> gauss = Exp(x * x * Vector512.Create(-0.5f));
        Vector512<float> scaled = Vector512.Abs(x) * Vector512.Create(0.70710678f);
        Vector512<float> t = Vector512<float>.One / Vector512.FusedMultiplyAdd(scaled, Vector512.Create(0.3275911f), Vector512<float>.One);
        Vector512<float> p = Vector512.Create(1.061405429f);
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-1.453152027f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1.421413741f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-0.284496736f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.254829592f));
        Vector512<float> upperTail = p * t * gauss * Vector512.Create(0.5f);
        Vector512<float> isNegative = Vector512.LessThan(x, Vector512<float>.Zero);
        Vector512<float> cdf = Vector512.ConditionalSelect(isNegative, upperTail, Vector512<float>.One - upperTail);
        return (cdf, gauss * Vector512.Create(0.39894228f));
    }

    /// <summary>
    /// Φ(x) by a polynomial: absolute error below 4e-6, a thousandth of bfloat16's own, at half the cost of <see cref="Normal"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> RoughNormalCdf(Vector512<float> x)
    {
        (Vector512<float> near, Vector512<float> s) = Variable(x);
        Vector512<float> p = Vector512.Create(0.00193531904f);
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.00420606649f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.00364332972f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.00634319941f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0143940514f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0221620332f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0301188603f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0404532366f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0532630049f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0736742914f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.148747876f));
        return Vector512.FusedMultiplyAdd(p, near, Vector512.Create(0.5f));
    }

    /// <summary>The derivative Φ(x) + xφ(x) of gelu by a polynomial: absolute error below 2e-5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> RoughGeluSlope(Vector512<float> x)
    {
        (Vector512<float> near, Vector512<float> s) = Variable(x);
        Vector512<float> p = Vector512.Create(-0.01329243f);
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.027636053f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0163312536f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0234879125f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0648111254f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0865652338f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0870283321f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0877391249f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0831962675f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.0759831741f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(-0.0816482604f));
        p = Vector512.FusedMultiplyAdd(p, s, Vector512.Create(0.150161758f));
        return Vector512.FusedMultiplyAdd(p, near, Vector512.Create(0.5f));
    }

    // Both functions less a half are odd: x times an even function, whose Chebyshev series in s = 2 (x / 4.75)^2 - 1 was cut and put in
    // powers of s. Beyond 4.75 they differ from 0 and 1 by less than the error.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Near, Vector512<float> S) Variable(Vector512<float> x)
    {
        Vector512<float> near = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-4.75f)), Vector512.Create(4.75f));
        return (near, Vector512.FusedMultiplyAdd(near * near, Vector512.Create(2 / (4.75f * 4.75f)), -Vector512<float>.One));
    }
}
