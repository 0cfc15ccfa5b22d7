using Electra.Benchmarks.Timing;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Yardstick;

/// <summary>Measures the rate of single matrix products.</summary>
internal static class GemmRate
{
    /// <summary>Floating-point operations a second, multiply-add = 2, of a product made again and again for a while.</summary>
    /// <param name="multiply">Makes one product, whose result is disposed.</param>
    /// <param name="flops">Operations of one product.</param>
    /// <param name="device">Where.</param>
    /// <param name="budget">For how long; at least five products are made.</param>
    public static Distribution Measure(Func<Tensor> multiply, double flops, Device device, TimeSpan budget) =>
        Repeat.During(budget, device, () => multiply().Dispose()).RateOf(flops);

    /// <summary>The rate of a square product, <paramref name="size"/> on each side.</summary>
    public static Distribution OfSquare(long size, ScalarType dtype, Device device, TimeSpan budget)
    {
        using Tensor left = Matrix([size, size], dtype, device), right = Matrix([size, size], dtype, device);
        return Measure(() => left.mm(right), 2.0 * size * size * size, device, budget);
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
