using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Yardstick;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements.Gemm;

/// <summary>
/// Times every matrix product of the model alone, forward and for both gradients; their sum is the time that no step of these products can beat.
/// </summary>
internal static class GemmBenchmark
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.1);

    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        IReadOnlyList<ModelProduct> products = ModelProducts.Of(settings);
        string batch = $"{settings.MicroBatchSize} x {settings.SequenceLength}";
        return new BenchmarkResult(
            "gemm", $"the products of one micro-batch, {batch}, each alone (x W^T, dy W, dy^T x)",
            [.. Groups(products, settings)]);
    }

    private static IEnumerable<FigureGroup> Groups(IReadOnlyList<ModelProduct> products, BenchmarkSettings settings)
    {
        List<Figure> rates = [];
        double seconds = 0;
        foreach (ModelProduct product in products)
        {
            foreach ((string form, Distribution rate) in Measure(product, settings.Dtype, settings.Device))
            {
                rates.Add(Figure.Of($"{product.Name}_{form}", rate.Times(1e-9), "GFLOP/s"));
                // Attention's gradients are four products like its two forward ones: each forward form stands for three.
                seconds += product.Count * (product.Batch > 1 ? 3 : 1) * product.Flops / rate.Median;
            }
        }

        yield return Engines(settings);
        yield return new FigureGroup("products", rates);
        long tokens = (long)settings.MicroBatchSize * settings.SequenceLength;
        yield return new FigureGroup(
            "step_of_products_alone",
            [new("time", seconds * 1e3, "ms"), new("tokens_per_second", tokens / seconds, "tokens/s")]);
    }

    private static List<(string Form, Distribution Rate)> Measure(ModelProduct product, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        Distribution Rate(Action<Tensor, Tensor, Tensor> multiply, Tensor left, Tensor right, params long[] shape) =>
            GemmRate.Measure(multiply, left, right, shape, product.Flops, Budget);
        if (product.Batch > 1)
        {
            Tensor left = GemmRate.Matrix([product.Batch, product.Rows, product.Inner], dtype, device);
            Tensor right = GemmRate.Matrix([product.Batch, product.Inner, product.Columns], dtype, device);
            return [("forward", Rate(MatrixProducts.MultiplyEach, left, right, product.Batch, product.Rows, product.Columns))];
        }

        Tensor input = GemmRate.Matrix([product.Rows, product.Inner], dtype, device);      // x
        Tensor weight = GemmRate.Matrix([product.Columns, product.Inner], dtype, device);  // W
        Tensor gradient = GemmRate.Matrix([product.Rows, product.Columns], dtype, device); // dy
        return
        [
            ("forward", Rate(MatrixProducts.MultiplyByTransposed, input, weight, product.Rows, product.Columns)),
            ("input_gradient", Rate(MatrixProducts.Multiply, gradient, weight, product.Rows, product.Inner)),
            ("weight_gradient", Rate(MatrixProducts.MultiplyTransposed, gradient, input, product.Columns, product.Inner)),
        ];
    }

    /// <summary>The yardstick's product beside the same left to libtorch, which takes MKL for float32.</summary>
    private static FigureGroup Engines(BenchmarkSettings settings)
    {
        using var scope = NewDisposeScope();
        long size = GemmYardstick.SizeFor(settings.Device);
        Tensor left = GemmRate.Matrix([size, size], settings.Dtype, settings.Device), right = GemmRate.Matrix([size, size], settings.Dtype, settings.Device);
        Figure Rate(string name, Action<Tensor, Tensor, Tensor> multiply) => Figure.Of(
            name, GemmRate.Measure(multiply, left, right, [size, size], 2.0 * size * size * size, TimeSpan.FromSeconds(1)).Times(1e-9), "GFLOP/s");
        return new FigureGroup(
            "square_product",
            [Rate("as_the_library_makes_it", MatrixProducts.Multiply), Rate("left_to_libtorch", (a, b, _) => a.mm(b).Dispose())]);
    }
}
