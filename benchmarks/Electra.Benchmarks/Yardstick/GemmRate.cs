using Electra.Benchmarks.Timing;
using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Yardstick;

/// <summary>Measures the rate of single matrix products.</summary>
internal static class GemmRate
{
    /// <summary>Floating-point operations a second, multiply-add = 2, of a product made again and again for a while.</summary>
    /// <param name="multiply">Makes one product of two matrices (or batches of them) into a buffer.</param>
    /// <param name="left">Its first factor.</param>
    /// <param name="right">Its second.</param>
    /// <param name="shape">Of the product.</param>
    /// <param name="flops">Operations of one product.</param>
    /// <param name="budget">For how long; at least five products are made.</param>
    public static Distribution Measure(Action<Tensor, Tensor, Tensor> multiply, Tensor left, Tensor right, long[] shape, double flops, TimeSpan budget)
    {
        using Tensor into = empty(shape, left.dtype, left.device);
        return Repeat.During(budget, left.device, () => multiply(left, right, into)).RateOf(flops);
    }

    /// <summary>The rate of a square product as the library makes it, <paramref name="size"/> on each side.</summary>
    public static Distribution OfSquare(long size, ScalarType dtype, Device device, TimeSpan budget)
    {
        using Tensor left = Matrix([size, size], dtype, device), right = Matrix([size, size], dtype, device);
        return Measure(MatrixProducts.Multiply, left, right, [size, size], 2.0 * size * size * size, budget);
    }

    /// <summary>Random numbers, on a CPU the same for each shape.</summary>
    public static Tensor Matrix(long[] shape, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        // TorchSharp makes no generator of another device; there the device's own draws.
        using Generator? generator = device.type == DeviceType.CPU ? new Generator(7, device) : null;
        return randn(shape, ScalarType.Float32, device, generator: generator).to(dtype).MoveToOuterDisposeScope();
    }
}
