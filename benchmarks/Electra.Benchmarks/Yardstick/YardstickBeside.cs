using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Yardstick;

/// <summary>
/// One matrix product, made as the library makes them, after each timed run, and the ratio of both rates: what a machine that changes its speed from second to second does
/// to one, it does to the other.
/// </summary>
internal sealed class YardstickBeside : IDisposable
{
    private readonly Device _device;
    private readonly Tensor _left, _right, _product;
    private readonly double _flops;
    private readonly List<double> _rates = [], _utilisations = [];

    /// <param name="dtype">Of the products.</param>
    /// <param name="device">Where.</param>
    public YardstickBeside(ScalarType dtype, Device device)
    {
        long size = GemmYardstick.SizeFor(device);
        (_device, _flops) = (device, 2.0 * size * size * size);
        _left = GemmRate.Matrix([size, size], dtype, device).DetachFromDisposeScope();
        _right = GemmRate.Matrix([size, size], dtype, device).DetachFromDisposeScope();
        _product = empty([size, size], dtype, device).DetachFromDisposeScope();
        MatrixProducts.Multiply(_left, _right, _product);
    }

    /// <summary>Measures a product beside a run that made <paramref name="flops"/> operations in <paramref name="seconds"/>.</summary>
    public void Add(double flops, double seconds)
    {
        double rate = _flops / Repeat.Once(_device, () => MatrixProducts.Multiply(_left, _right, _product));
        _rates.Add(rate);
        _utilisations.Add(100 * flops / seconds / rate);
    }

    /// <summary>What was found.</summary>
    public FigureGroup Figures => new(
        "utilisation_beside_each_run",
        [
            Figure.Of("yardstick", Distribution.Of(_rates).Times(1e-9), "GFLOP/s"),
            Figure.Of("model_flop_utilisation", Distribution.Of(_utilisations), "%"),
        ]);

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _product.Dispose();
    }
}
