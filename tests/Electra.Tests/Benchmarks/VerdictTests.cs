using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Yardstick;

namespace Electra.Tests.Benchmarks;

public class VerdictTests
{
    private static readonly double[] Steady = [100, 101, 99, 100, 102];

    [Fact]
    public void Percentiles_are_interpolated_and_rates_turn_them_around()
    {
        Distribution seconds = Distribution.Of([4, 1, 2, 3, 5]);
        Assert.Equal((3, 1.4, 4.6, 1, 5, 5), (seconds.Median, seconds.P10, seconds.P90, seconds.Minimum, seconds.Maximum, seconds.Count));
        Distribution rate = seconds.RateOf(10);
        Assert.Equal((10 / 3.0, 10 / 4.6, 10.0), (rate.Median, rate.P10, rate.Maximum));
    }

    [Fact]
    public void A_quiet_machine_gives_a_good_run() => Assert.True(Judge(Steady, after: 95, others: 0.02).IsGood);

    [Fact]
    public void A_load_that_is_unknown_speaks_against_nothing() => Assert.True(Judge(Steady, after: 100, others: null).IsGood);

    [Theory]
    [InlineData(new double[] { 100, 150, 99, 60, 102 }, 100, 0.0, "spreads over")]
    [InlineData(new double[] { 100, 100 }, 100, 0.0, "too few")]
    [InlineData(new double[] { 100, 101, 99, 100, 102 }, 85, 0.0, "GEMM rate changed by 15")]
    [InlineData(new double[] { 100, 101, 99, 100, 102 }, 100, 0.2, "other processes took 20")]
    public void A_busy_machine_is_named_as_the_reason(double[] measured, double after, double others, string reason)
    {
        Verdict verdict = Judge(measured, after, others);
        Assert.Contains(verdict.Reasons, text => text.Contains(reason, StringComparison.Ordinal));
    }

    private static Verdict Judge(double[] measured, double after, double? others)
    {
        Figure figure = Figure.Of("tokens_per_second", Distribution.Of(measured), "tokens/s", isDecisive: true);
        return Verdict.On(new BenchmarkResult("step", "", [new("throughput", [figure])]), Yardstick(100), Yardstick(after), others);
    }

    private static GemmYardstick Yardstick(double rate) => new(2048, TorchSharp.torch.ScalarType.Float32, Distribution.Of([rate]));
}
