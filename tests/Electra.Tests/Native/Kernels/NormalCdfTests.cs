using System.Runtime.Intrinsics;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Native.Kernels;

/// <summary>What gelu is made of, against the error function in double precision.</summary>
public class NormalCdfTests
{
    private const double RoughDistribution = 4e-6, RoughSlope = 2e-5;

    // Every float32 within reach would be too many; these are 3e-5 apart, with neighbours of 0 and of the polynomials' ends besides.
    private static readonly float[] Grid =
    [
        .. Enumerable.Range(0, 800_001).Select(i => (i - 400_000) * 3e-5f),
        0f, -0f, float.Epsilon, -float.Epsilon, 1e-20f, -1e-20f,
        4.75f, -4.75f, MathF.BitIncrement(4.75f), MathF.BitDecrement(4.75f), -MathF.BitIncrement(4.75f), 13f, -13f, 14f,
    ];

    [Fact]
    public void The_distribution_by_a_polynomial_keeps_its_bound() => AssertWithin(RoughDistribution, Simd.RoughNormalCdf, Distribution);

    [Fact]
    public void The_slope_of_gelu_by_a_polynomial_keeps_its_bound() => AssertWithin(RoughSlope, Simd.RoughGeluSlope, Slope);

    [Fact]
    public void The_distribution_for_float32_keeps_its_bound() => AssertWithin(3e-7, x => Simd.Normal(x).Cdf, Distribution);

    [Fact]
    public void The_density_for_float32_keeps_its_bound() => AssertWithin(1e-7, x => Simd.Normal(x).Density, Density);

    [Fact]
    public void The_slope_for_float32_keeps_its_bound() =>
        AssertWithin(3e-7, x => Float32Element.NormalCdfAndGeluSlope(x).Slope, Slope);

    [Fact]
    public void The_exponential_is_right_to_the_last_bits_and_nothing_below()
    {
        float[] x = [.. Enumerable.Range(-87_000, 175_000).Select(i => i * 1e-3f)];
        float[] actual = Map(Simd.Exp, x);
        for (int i = 0; i < x.Length; i++) AssertNear(1, actual[i] / Math.Exp(x[i]), 1.5e-7, x[i]);
        float[] ends = Map(Simd.Exp, [float.NegativeInfinity, -1e30f, -88f, 0, 89f, 1e30f, float.PositiveInfinity]);
        Assert.All(ends[..3], end => Assert.Equal(0, end));
        Assert.Equal(1f, ends[3]);
        Assert.All(ends[4..], end => Assert.InRange(end, 1.6e38f, float.MaxValue));
    }

    [Fact]
    public void Far_out_and_at_infinity_the_functions_have_reached_their_ends()
    {
        float[] low = [-20f, -1e4f, -1e30f, -float.MaxValue, float.NegativeInfinity], high = [.. low.Select(x => -x)];
        AssertAll(low, 0, RoughDistribution, Simd.RoughNormalCdf);
        AssertAll(high, 1, RoughDistribution, Simd.RoughNormalCdf);
        AssertAll(low, 0, RoughSlope, Simd.RoughGeluSlope);
        AssertAll(high, 1, RoughSlope, Simd.RoughGeluSlope);
        AssertAll(low, 0, 1e-38, x => Simd.Normal(x).Cdf);
        AssertAll(high, 1, 0, x => Simd.Normal(x).Cdf);
        AssertAll([.. low, .. high], 0, 1e-38, x => Simd.Normal(x).Density);
    }

    [Fact]
    public void At_zero_of_either_sign_they_are_a_half()
    {
        float[] zeros = [0f, -0f];
        AssertAll(zeros, 0.5, 0, Simd.RoughNormalCdf);
        AssertAll(zeros, 0.5, 0, Simd.RoughGeluSlope);
        AssertAll(zeros, 0.5, 1e-7, x => Simd.Normal(x).Cdf);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public unsafe void Gelu_of_a_number_that_is_none_is_none_and_its_neighbours_know_nothing_of_it(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor input = full([2, 16], 3f, dtype), output = empty_like(input), bias = zeros(16);
        input[1, 4] = float.NaN;
        BiasGelu.Arguments arguments = new()
        {
            Rows = 2,
            Width = 16,
            Input = (void*)Aten.DataPointer(input),
            InputStride = 16,
            Bias = (float*)Aten.DataPointer(bias),
            Output = (void*)Aten.DataPointer(output),
        };
        if (dtype == ScalarType.BFloat16) BiasGelu.Forward<BFloat16Element>(ref arguments);
        else BiasGelu.Forward<Float32Element>(ref arguments);
        Assert.True(output[1, 4].isnan().item<bool>());
        Assert.Equal(1, output.isnan().sum().item<long>());
    }

    private static void AssertWithin(double bound, Func<Vector512<float>, Vector512<float>> function, Func<Tensor, Tensor> exact)
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(Grid), error = (tensor(Map(function, Grid)).to(ScalarType.Float64) - exact(x.to(ScalarType.Float64))).abs();
        double worst = error.max().item<double>();
        Assert.True(worst <= bound, $"off by {worst} at {x[error.argmax()].item<float>()}");
    }

    private static void AssertAll(float[] x, double expected, double bound, Func<Vector512<float>, Vector512<float>> function)
    {
        float[] actual = Map(function, x);
        for (int i = 0; i < x.Length; i++) AssertNear(expected, actual[i], bound, x[i]);
    }

    private static void AssertNear(double expected, double actual, double bound, float x) =>
        Assert.True(Math.Abs(expected - actual) <= bound, $"{actual} at {x}, not {expected}");

    private static float[] Map(Func<Vector512<float>, Vector512<float>> function, float[] values)
    {
        var results = new float[(values.Length + 15) / 16 * 16];
        values.CopyTo(results, 0);
        for (int i = 0; i < results.Length; i += 16) function(Vector512.Create(results, i)).CopyTo(results, i);
        return results[..values.Length];
    }

    private static Tensor Distribution(Tensor x) => special.erfc(x * -Math.Sqrt(0.5)) * 0.5;

    private static Tensor Density(Tensor x) => (x * x * -0.5).exp() / Math.Sqrt(2 * Math.PI);

    private static Tensor Slope(Tensor x) => Distribution(x) + (x * Density(x));
}
