using Electra.Benchmarks.Ranks;

namespace Electra.Tests.Benchmarks;

public class ScalingModelTests
{
    // 100 MFLOP a token, 10,000 tokens at 100 TFLOP/s, of which half: 20 ms. 50 million values over links of 100 GB/s.
    private static readonly ScalingModel Model = new(50e6, 100e6, 10_000, new Accelerator("made up", 100e12, 100e9), 0.5);

    [Fact]
    public void Times_are_what_was_counted_by_hand()
    {
        Assert.Equal(0.020, Model.ComputeSeconds, 1e-9);
        Assert.Equal(0, Model.CommunicationSeconds(1, 4, 1e9), 1e-12);
        Assert.Equal(0.002, Model.CommunicationSeconds(2, 4, 1e9), 1e-9);             // 2 x 1/2 x 200 MB / 100 GB/s
        Assert.Equal(0.0035, Model.CommunicationSeconds(8, 4, 1e9), 1e-9);            // 2 x 7/8 x 200 MB / 100 GB/s
        Assert.Equal(0.0035 + 0.0350, Model.CommunicationSeconds(64, 4, 10e9), 1e-9); // and 2 x 7/8 x 200 MB / 10 GB/s between eight machines
        Assert.Equal(0.01925, Model.CommunicationSeconds(64, 2, 10e9), 1e-9);
    }

    [Theory]
    [InlineData(8, 4, false, 20 / 23.5)]
    [InlineData(8, 4, true, 1)]                            // 3.5 ms beside 13.3 ms of backward pass
    [InlineData(64, 4, false, 20 / 58.5)]
    [InlineData(64, 4, true, 20 / (58.5 - (40.0 / 3)))]
    [InlineData(64, 2, true, 20 / (39.25 - (40.0 / 3)))]
    public void Efficiency_is_the_share_of_computing(int gpus, int bytes, bool isOverlapped, double expected) =>
        Assert.Equal(expected, Model.Efficiency(gpus, bytes, 10e9, isOverlapped), 1e-9);

    [Fact]
    public void The_table_has_each_model_on_each_gpu_and_link()
    {
        string[] lines = [.. ScalingTable.Lines()];
        Assert.Equal(2 + (2 * 3 * 4), lines.Length);
        Assert.All(lines, line => Assert.Equal(6, line.Count(character => character == '|')));
        ScalingModel small = ScalingTable.Of("small", 14_196_219, Accelerator.H100);
        Assert.Equal(70.2e6, small.FlopsPerToken, 0.05e6);
        Assert.Equal(70.2e6 * 16_384 / (0.4 * 989e12), small.ComputeSeconds, 1e-5);
    }
}
