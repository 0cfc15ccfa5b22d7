using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Training;
using Microsoft.Extensions.Time.Testing;

namespace Electra.Tests.Training;

public class RunScheduleTests
{
    private static readonly PretrainingOptions Plain = new()
    {
        Data = new DataOptions { SequenceLength = 128, BatchSize = 64, MicroBatchSize = 8 },
        TrainSteps = 1000,
        WarmupSteps = 10,
    };

    private static readonly PretrainingOptions Phased = Plain with
    {
        Phases =
        [
            new TrainingPhase { Share = 0.1, SequenceLength = 64 },
            new TrainingPhase { Share = 0.2, SequenceLength = 128, BatchSize = 32 },
            new TrainingPhase { Share = 0.7, SequenceLength = 512, MicroBatchSize = 2 },
        ],
    };

    [Theory]
    [InlineData(0, 0, 64, 64, 8)]
    [InlineData(99, 0, 64, 64, 8)]
    [InlineData(100, 1, 128, 32, 8)]
    [InlineData(299, 1, 128, 32, 8)]
    [InlineData(300, 2, 512, 64, 2)] // though 0.1 + 0.2 is more than 0.3 in binary
    [InlineData(999, 2, 512, 64, 2)]
    [InlineData(1000, 2, 512, 64, 2)]
    public void Phases_change_at_the_update_that_their_shares_say(long step, int phase, int length, int batch, int micro)
    {
        StepPlan plan = new RunSchedule(Phased).At(step, TimeSpan.FromDays(step)); // time plays no part
        Assert.Equal((phase, length, batch, micro), (plan.Phase, plan.SequenceLength, plan.BatchSize, plan.MicroBatchSize));
        Assert.Equal(Phased.LearningRateSchedule.At(step), plan.LearningRate);
    }

    [Fact]
    public void A_ramp_grows_in_whole_micro_batches_to_the_full_batch()
    {
        var schedule = new RunSchedule(Plain with { BatchRamp = new BatchRamp { InitialBatchSize = 16, Share = 0.6 } });
        int[] sizes = [.. Enumerable.Range(0, 1000).Select(step => schedule.At(step, default).BatchSize)];
        Assert.Equal([16, 24, 32, 40, 48, 56, 64], sizes.Distinct());
        for (int level = 0; level < 6; level++) Assert.Equal(level * 100, Array.IndexOf(sizes, 16 + (8 * level)));
        Assert.Equal(sizes.Order(), sizes);
        Assert.Equal(8, schedule.At(999, default).MicroBatches);
    }

    [Fact]
    public void A_ramp_goes_on_in_a_phase_with_a_batch_of_its_own()
    {
        var schedule = new RunSchedule(Phased with { BatchRamp = new BatchRamp { InitialBatchSize = 16, Share = 0.2 } });
        Assert.Equal(32, schedule.At(99, default).BatchSize);  // 16 + 48 x 0.495 is short of 40
        Assert.Equal(24, schedule.At(100, default).BatchSize); // 16 + 16 / 2
        Assert.Equal(32, schedule.At(200, default).BatchSize);
        Assert.Equal(64, schedule.At(300, default).BatchSize);
    }

    [Fact]
    public void With_a_budget_the_clock_decides_and_updates_do_not()
    {
        var schedule = new RunSchedule(Phased with
        {
            Budget = TimeSpan.FromHours(10),
            BatchRamp = new BatchRamp { InitialBatchSize = 16, Share = 0.1 },
            Schedule = LearningRateScheduleKind.WarmupStableDecay,
        });
        StepPlan At(double hours, long step = 5_000) => schedule.At(step, TimeSpan.FromHours(hours));
        Assert.Equal((0, 16), (At(0).Phase, At(0).BatchSize));
        Assert.Equal((0, 40), (At(0.5).Phase, At(0.5).BatchSize));
        Assert.Equal((1, 32), (At(1).Phase, At(1).BatchSize));
        Assert.Equal(2, At(3).Phase);
        Assert.Equal(2, At(12).Phase);
        Assert.Equal([5e-4, 5e-4, 2.5e-4, 0, 0], new[] { 3, 9, 9.5, 10, 11 }.Select(hours => Math.Round(At(hours).LearningRate, 12)));
        Assert.Equal((0.5, 1.0), (schedule.Progress(7, TimeSpan.FromHours(5)), schedule.Progress(7, TimeSpan.FromHours(11))));
        Assert.Equal(At(4), At(4, step: 900_000));
    }

    // One update takes a second at first; then the machine halves its speed, or the second phase makes updates four times slower.
    [Theory]
    [InlineData(LearningRateScheduleKind.Linear, false)]
    [InlineData(LearningRateScheduleKind.Linear, true)]
    [InlineData(LearningRateScheduleKind.Cosine, true)]
    [InlineData(LearningRateScheduleKind.WarmupStableDecay, false)]
    [InlineData(LearningRateScheduleKind.WarmupStableDecay, true)]
    public void A_timed_run_ends_with_its_budget_at_rate_zero_though_updates_get_slower(LearningRateScheduleKind kind, bool phases)
    {
        const int budget = 10_000;
        PretrainingOptions options = Plain with
        {
            Budget = TimeSpan.FromSeconds(budget),
            Schedule = kind,
            LearningRate = 1,
            WarmupSteps = 100,
            Phases = !phases
                ? []
                : [new TrainingPhase { Share = 0.9, SequenceLength = 128 }, new TrainingPhase { Share = 0.1, SequenceLength = 512 }],
        };
        var schedule = new RunSchedule(options);
        var clock = new FakeTimeProvider();
        var throughput = new Throughput(time: clock);
        List<double> rates = [], progress = [];
        List<long> totals = [];
        while (schedule.Progress(rates.Count, throughput.WallClock) < 1)
        {
            StepPlan plan = schedule.At(rates.Count, throughput.WallClock);
            rates.Add(plan.LearningRate);
            progress.Add(schedule.Progress(rates.Count, throughput.WallClock));
            clock.Advance(TimeSpan.FromSeconds(phases ? plan.SequenceLength / 128.0 : throughput.WallClock.TotalSeconds < budget / 2 ? 1 : 2));
            throughput.AddStep(plan.Positions);
            totals.Add(schedule.TotalUpdates(rates.Count, throughput.WallClock, throughput.PositionsPerSecond));
        }

        Assert.Equal(phases ? 9_250 : 7_500, rates.Count);
        Assert.Equal(budget, throughput.WallClock.TotalSeconds, 6);
        Assert.Equal(progress.Order(), progress);
        Assert.InRange(rates.Max(), 0.98, 1);
        Assert.InRange(rates[^1], 1e-9, 0.005);
        double[] falls = [.. rates.Skip(100).Zip(rates.Skip(99), (after, before) => before - after)];
        Assert.InRange(falls.Min(), 0, 1); // never up again after warm-up
        Assert.InRange(falls.Max(), 0, 4.1 * (kind == LearningRateScheduleKind.WarmupStableDecay ? 10 : 2) / budget);
        // The estimate knows of phases, but not of what the machine will do.
        Assert.InRange(totals[100], phases ? 9_200 : 9_990, phases ? 9_300 : 10_010);
        Assert.InRange(totals[^1000], rates.Count - 10, rates.Count + 10);
        Assert.Equal(rates.Count, totals[^1]);
    }

    [Fact]
    public void The_rest_of_a_run_is_counted_in_positions()
    {
        PretrainingOptions options = Plain with
        {
            Phases = [new TrainingPhase { Share = 0.5, SequenceLength = 128 }, new TrainingPhase { Share = 0.5, SequenceLength = 512 }],
        };
        var schedule = new RunSchedule(options);
        Assert.Equal(64.0 * ((500 * 128) + (500 * 512)), schedule.PositionsLeft(0), 3);
        Assert.Equal(64.0 * ((100 * 128) + (500 * 512)), schedule.PositionsLeft(400), 64.0 * 1000);
        Assert.Equal(64.0 * 250 * 512, schedule.PositionsLeft(750), 3);
        Assert.Equal(0, schedule.PositionsLeft(1000));
        Assert.Equal(1000, schedule.TotalUpdates(400, default, positionsPerSecond: 3));
        Assert.Equal(64.0 * 128 * 999, new RunSchedule(Plain).PositionsLeft(1), 3);
    }
}
