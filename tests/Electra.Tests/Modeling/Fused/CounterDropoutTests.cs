using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling.Fused;

public class CounterDropoutTests
{
    [Theory]
    [InlineData(0.1, ScalarType.Float32)]
    [InlineData(0.5, ScalarType.Float32)]
    [InlineData(0.1, ScalarType.BFloat16)]
    public void It_keeps_the_right_share_in_every_row_and_column_and_scales_it(double probability, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor kept = CounterDropout.Run(ones([4096, 320], dtype), probability, 99).to(ScalarType.Float32);
        Tensor mask = kept.ne(0).to(ScalarType.Float32);
        double variance = probability * (1 - probability);
        AssertNear(1 - probability, mask.mean().item<float>(), 5 * Math.Sqrt(variance / mask.numel()));
        AssertNear(variance / 320, mask.mean([1]).var().item<float>(), 0.15 * variance / 320);
        AssertNear(variance / 4096, mask.mean([0]).var().item<float>(), 0.4 * variance / 4096);
        AssertNear(1 / (1 - probability), kept.max().item<float>(), dtype == ScalarType.BFloat16 ? 5e-3 : 1e-4);
    }

    [Fact]
    public void Neighbouring_columns_rows_and_seeds_are_uncorrelated()
    {
        using var scope = NewDisposeScope();
        Tensor Mask(ulong seed) => CounterDropout.Run(ones(2048, 512), 0.3, seed).ne(0).to(ScalarType.Float32) - 0.7f;
        Tensor a = Mask(1), b = Mask(2);
        double bound = 5 * 0.21 / Math.Sqrt(2048 * 511);
        foreach (int lag in new[] { 1, 15, 16, 17, 32, 256 })
        {
            AssertNear(0, (a.narrow(1, 0, 512 - lag) * a.narrow(1, lag, 512 - lag)).mean().item<float>(), bound * 1.5);
            AssertNear(0, (a.narrow(0, 0, 2048 - lag) * a.narrow(0, lag, 2048 - lag)).mean().item<float>(), bound * 1.5);
        }

        AssertNear(0, (a * b).mean().item<float>(), bound);
    }

    [Fact]
    public void The_gradient_passes_where_the_value_passed_and_the_seed_decides_all()
    {
        using var scope = NewDisposeScope();
        Tensor x = randn(5, 37, requires_grad: true);
        Tensor y = CounterDropout.Run(x, 0.4, 3);
        y.sum().backward();
        Assert.True(y.eq(x * x.grad!).all().item<bool>());
        Assert.True(y.eq(CounterDropout.Run(x, 0.4, 3)).all().item<bool>());
        Assert.False(y.eq(CounterDropout.Run(x, 0.4, 4)).all().item<bool>());
    }

    [Fact]
    public void The_mask_does_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        int threads = get_num_threads();
        try
        {
            set_num_threads(1);
            Tensor one = CounterDropout.Run(ones(1000, 33), 0.5, 8);
            set_num_threads(3);
            Assert.True(one.eq(CounterDropout.Run(ones(1000, 33), 0.5, 8)).all().item<bool>());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static void AssertNear(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"expected {expected} ± {tolerance}, got {actual}");
}
