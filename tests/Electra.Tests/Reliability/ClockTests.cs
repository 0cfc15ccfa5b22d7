using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Reliability;

/// <summary>A clock that is set, and a machine that stands still.</summary>
public class ClockTests
{
    [Fact]
    public void A_clock_that_is_set_back_and_forth_moves_neither_the_budget_nor_the_time_left()
    {
        var (steady, moved) = (Train(jumps: false), Train(jumps: true));
        Assert.Equal(10, steady[^1].Step);
        Assert.Equal(steady, moved);
        Assert.Equal([90.0, 80, 70], moved[..3].Select(report => report.Seconds));
    }

    [Fact]
    public void After_a_standstill_the_time_left_is_soon_right_again()
    {
        var clock = new MovedClock();
        var throughput = new Throughput(time: clock);
        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                clock.Pass(1);
                throughput.AddStep(100);
            }
        }

        Steps(60);
        Assert.Equal(50, throughput.Remaining(50)!.Value.TotalSeconds, 3);
        clock.Pass(8 * 3600);
        Steps(1);
        Assert.True(throughput.Remaining(50) > TimeSpan.FromHours(1));
        Steps(31); // the window is 30 s
        Assert.Equal(50, throughput.Remaining(50)!.Value.TotalSeconds, 3);
    }

    private static (long Step, double Seconds, double Rate)[] Train(bool jumps)
    {
        using var folder = new TemporaryFolder();
        var clock = new MovedClock();
        var seen = new PretrainingRecorder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 1) with { Budget = TimeSpan.FromSeconds(100), WarmupSteps = 0, LogEvery = 1 };
        using var run = new PretrainingRun(folder, options, seen, time: clock);
        run.Trainer.StepMade = step =>
        {
            clock.Pass(10);
            if (jumps && step % 2 == 0) clock.Set(TimeSpan.FromDays(step % 4 == 0 ? 4_000 : -400));
        };
        run.Trainer.Train();
        return [.. seen.Reports.Select(report => (report.Step, report.Remaining!.Value.TotalSeconds, report.LearningRate))];
    }

    /// <summary>The system's clock, which can be set, and the time that passes.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private long _ticks;
        private TimeSpan _offset;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(double seconds) => _ticks += TimeSpan.FromSeconds(seconds).Ticks;

        public void Set(TimeSpan offset) => _offset = offset;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + TimeSpan.FromTicks(_ticks) + _offset;
    }
}
