using Electra.Training;
using Microsoft.Extensions.Time.Testing;

namespace Electra.Tests.Training;

public class ThroughputTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Before_the_first_step_nothing_is_claimed()
    {
        var throughput = new Throughput(time: clock);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, throughput.TokensPerSecond);
        Assert.Null(throughput.Remaining(10));
    }

    [Fact]
    public void The_rate_is_tokens_over_time_and_gives_the_time_left()
    {
        var throughput = new Throughput(time: clock);
        for (int step = 0; step < 4; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.5));
            throughput.AddStep(1000);
        }

        Assert.Equal(2000, throughput.TokensPerSecond, 6);
        Assert.Equal(2, throughput.StepsPerSecond, 6);
        Assert.Equal(TimeSpan.FromSeconds(50), throughput.Remaining(100));
        Assert.Equal((4, 4000, TimeSpan.FromSeconds(2)), (throughput.Steps, throughput.Tokens, throughput.Elapsed));
    }

    [Fact]
    public void Steps_of_several_sizes_are_expected_to_take_time_by_their_positions()
    {
        var throughput = new Throughput(time: clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        throughput.AddStep(600, positions: 1000);
        clock.Advance(TimeSpan.FromSeconds(2));
        throughput.AddStep(2000);
        Assert.Equal(1000, throughput.PositionsPerSecond, 6);
        Assert.Equal(TimeSpan.FromSeconds(5), throughput.RemainingPositions(5000));
        Assert.Null(new Throughput(time: clock).RemainingPositions(5000));
    }

    [Fact]
    public void Only_the_window_counts_so_a_slow_start_is_forgotten()
    {
        var throughput = new Throughput(TimeSpan.FromSeconds(10), clock);
        clock.Advance(TimeSpan.FromSeconds(100));
        throughput.AddStep(1000);
        Assert.Equal(10, throughput.TokensPerSecond, 6);
        for (int step = 0; step < 20; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            throughput.AddStep(1000);
        }

        Assert.Equal(1000, throughput.TokensPerSecond, 6);
    }

    [Fact]
    public void A_step_longer_than_the_window_counts_whole()
    {
        var throughput = new Throughput(TimeSpan.FromSeconds(10), clock);
        foreach (double seconds in (double[])[50, 100])
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            throughput.AddStep(1000);
        }

        Assert.Equal(10, throughput.TokensPerSecond, 6);
    }

    [Fact]
    public void Pauses_do_not_count_and_may_lie_within_each_other()
    {
        var throughput = new Throughput(time: clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        throughput.AddStep(100);
        IDisposable pause = throughput.Pause();
        clock.Advance(TimeSpan.FromSeconds(500));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(501)), (throughput.Elapsed, throughput.WallClock));
        using (throughput.Pause()) clock.Advance(TimeSpan.FromSeconds(100));
        clock.Advance(TimeSpan.FromSeconds(100));
        pause.Dispose();
        pause.Dispose();
        clock.Advance(TimeSpan.FromSeconds(1));
        throughput.AddStep(100);
        Assert.Equal(100, throughput.TokensPerSecond, 6);
        Assert.Equal(TimeSpan.FromSeconds(2), throughput.Elapsed);
    }

    [Fact]
    public void A_clock_too_coarse_for_a_step_gives_no_infinite_rate()
    {
        var throughput = new Throughput(time: clock);
        throughput.AddStep(100);
        Assert.Equal(0, throughput.TokensPerSecond);
        Assert.Null(throughput.Remaining(1));
    }
}
