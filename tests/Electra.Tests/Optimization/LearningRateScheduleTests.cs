using System.Text.Json;
using Electra.Optimization;
using Electra.Tests.Support;

namespace Electra.Tests.Optimization;

public class LearningRateScheduleTests
{
    [SkippableFact]
    public void Google_schedule_meets_the_reference_points()
    {
        using JsonDocument fixture = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("schedule.json")));
        foreach (JsonElement run in fixture.RootElement.GetProperty("lr").EnumerateArray())
        {
            var schedule = new LearningRateSchedule
            {
                Kind = LearningRateScheduleKind.Google,
                PeakLearningRate = run.GetProperty("lr0").GetDouble(),
                TrainSteps = run.GetProperty("total_steps").GetInt64(),
                WarmupSteps = run.GetProperty("warmup_steps").GetInt64(),
                Power = run.GetProperty("power").GetDouble(),
            };
            foreach (JsonElement point in run.GetProperty("points").EnumerateArray())
            {
                double expected = point[1].GetDouble();
                Assert.Equal(expected, schedule.At(point[0].GetInt64()), 1e-9 * schedule.PeakLearningRate);
            }
        }
    }

    [Theory]
    [InlineData(LearningRateScheduleKind.Linear)]
    [InlineData(LearningRateScheduleKind.Cosine)]
    [InlineData(LearningRateScheduleKind.WarmupStableDecay)]
    public void Warm_up_reaches_the_peak_and_the_run_ends_at_zero(LearningRateScheduleKind kind)
    {
        LearningRateSchedule schedule = Schedule(kind);
        Assert.Equal(0.1, schedule.At(0), 12);
        Assert.Equal(0.5, schedule.At(4), 12);
        Assert.Equal(1, schedule.At(9), 12);
        Assert.Equal(1, schedule.At(10), 12);
        Assert.InRange(schedule.At(99), 1e-5, 0.1 + 1e-12);
        Assert.Equal(0, schedule.At(100));
        Assert.Equal(0, schedule.At(1000));
        for (int step = 10; step < 100; step++) Assert.True(schedule.At(step + 1) <= schedule.At(step));
    }

    [Fact]
    public void Shapes_differ_where_they_should()
    {
        Assert.Equal(0.5, Schedule(LearningRateScheduleKind.Linear).At(55), 12);
        Assert.Equal(0.5, Schedule(LearningRateScheduleKind.Cosine).At(55), 12);
        Assert.True(Schedule(LearningRateScheduleKind.Cosine).At(30) > Schedule(LearningRateScheduleKind.Linear).At(30) + 0.05);
        Assert.Equal(1, Schedule(LearningRateScheduleKind.WarmupStableDecay).At(90), 12);
        Assert.Equal(0.5, Schedule(LearningRateScheduleKind.WarmupStableDecay).At(95), 12);
    }

    /// <summary>The rates of Hugging Face's linear schedule: update s of T has s / W in a warm-up of W, then (T - s) / (T - W).</summary>
    [Fact]
    public void Linear_from_zero_starts_at_rate_zero_and_is_at_the_peak_an_update_later()
    {
        LearningRateSchedule schedule = Schedule(LearningRateScheduleKind.LinearFromZero);
        Assert.Equal([0, 0.1, 0.9, 1, 89.0 / 90, 0.5, 1.0 / 90, 0], new long[] { 0, 1, 9, 10, 11, 55, 99, 100 }.Select(step => Math.Round(schedule.At(step), 15)), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(1, (schedule with { WarmupSteps = 0 }).At(0), 12);
    }

    [Fact]
    public void Without_warm_up_the_first_update_has_the_peak() =>
        Assert.Equal(1, (Schedule(LearningRateScheduleKind.Linear) with { WarmupSteps = 0 }).At(0), 12);

    [Theory]
    [InlineData(LearningRateScheduleKind.Linear, 0.5)]
    [InlineData(LearningRateScheduleKind.Cosine, 0.5)]
    [InlineData(LearningRateScheduleKind.WarmupStableDecay, 1)]
    [InlineData(LearningRateScheduleKind.Google, 0.5)]
    public void With_a_clock_the_rate_falls_with_time_however_many_updates_there_are(LearningRateScheduleKind kind, double halfway)
    {
        LearningRateSchedule schedule = Schedule(kind);
        foreach (long step in (long[])[10, 1_000, 1_000_000])
        {
            Assert.Equal(halfway, schedule.At(step, 0.5), 12);
            Assert.Equal(0, schedule.At(step, 1), 12);
            Assert.InRange(schedule.At(step, 0.999), 1e-7, 0.011);
            for (double progress = 0; progress < 1; progress += 0.01)
                Assert.True(schedule.At(step, progress + 0.01) <= schedule.At(step, progress));
        }
    }

    [Fact]
    public void With_a_clock_warm_up_counts_updates_but_is_over_by_a_tenth_of_the_time()
    {
        LearningRateSchedule schedule = Schedule(LearningRateScheduleKind.WarmupStableDecay) with { WarmupSteps = 1000 };
        Assert.Equal(0.001, schedule.At(0, 0), 12);
        Assert.Equal(0.5, schedule.At(499, 0.01), 12); // quick updates
        Assert.Equal(1, schedule.At(999, 0.02), 12);
        Assert.Equal(0.5, schedule.At(7, 0.05), 12);   // slow ones
        Assert.Equal(1, schedule.At(15, 0.1), 12);
        Assert.Equal(0, (schedule with { Kind = LearningRateScheduleKind.Google }).At(0, 0));
        Assert.Equal(1, (schedule with { WarmupSteps = 0 }).At(0, 0), 12);
    }

    private static LearningRateSchedule Schedule(LearningRateScheduleKind kind) =>
        new() { Kind = kind, PeakLearningRate = 1, WarmupSteps = 10, TrainSteps = 100 };
}
