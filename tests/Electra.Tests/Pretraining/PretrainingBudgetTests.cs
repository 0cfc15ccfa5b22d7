using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Electra.Tests.Pretraining;

public class PretrainingBudgetTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_run_ends_when_its_time_is_used_up_and_evaluates_and_saves()
    {
        using var folder = new TemporaryFolder();
        var seen = new PretrainingRecorder();
        using PretrainingRun run = Start(folder, Timed(folder, seconds: 100) with { LogEvery = 4 }, seen);
        TrainingOutcome outcome = run.Trainer.Train();
        Assert.Equal((true, 10L), (outcome.Completed, outcome.Step));
        Assert.Equal([4L, 8, 10], seen.Reports.Select(report => report.Step));
        Assert.Equal([10L], seen.Evaluations.Select(evaluation => evaluation.Step));
        Assert.Equal([10L], seen.Saves);
        Assert.Equal([10L, 10, 10], seen.Reports.Select(report => report.TrainSteps)); // the estimate, at a steady pace
        Assert.Equal([60.0, 20, 0], seen.Reports.Select(report => report.Remaining!.Value.TotalSeconds));
        Assert.Equal([0.4, 0.8, 1], seen.Reports.Select(report => report.Progress));
        Assert.Equal([7e-4, 3e-4, 1e-4], seen.Reports.Select(report => Math.Round(report.LearningRate, 12)));
    }

    [Fact]
    public void Evaluation_and_saving_use_time_too()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Timed(folder, seconds: 100) with { EvaluateEvery = 3, SaveEvery = 4 };
        using PretrainingRun run = Start(folder, options, new Slow(_clock, 10));
        // Three updates and an evaluation, one update and a save, two and an evaluation, one: 100 seconds.
        Assert.Equal(7, run.Trainer.Train().Step);
    }

    [Fact]
    public void Time_runs_out_during_an_evaluation_and_the_run_is_complete()
    {
        using var folder = new TemporaryFolder();
        var slow = new Slow(_clock, 50);
        using PretrainingRun run = Start(folder, Timed(folder, seconds: 80) with { EvaluateEvery = 4, SaveEvery = 4 }, slow);
        TrainingOutcome outcome = run.Trainer.Train();
        Assert.Equal((true, 4L), (outcome.Completed, outcome.Step));
        Assert.Equal(["evaluated", "reported", "saved"], slow.Heard);
    }

    [Fact]
    public void Parts_of_a_run_add_up_and_the_time_between_them_does_not_count()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Timed(folder, seconds: 100);
        using (var stop = new CancellationTokenSource())
        using (PretrainingRun run = Start(folder, options))
        {
            Action<long> tick = run.Trainer.StepMade!;
            run.Trainer.StepMade = step =>
            {
                tick(step);
                if (step == 4) stop.Cancel();
            };
            Assert.False(run.Trainer.Train(stop.Token).Completed);
        }

        _clock.Advance(TimeSpan.FromSeconds(1_000_000));
        using (PretrainingRun run = Start(folder, options))
        {
            Assert.Equal((TimeSpan.FromSeconds(40), 0.4, false), (run.Trainer.TimeUsed, run.Trainer.Progress, run.Trainer.IsComplete));
            Assert.Equal(10, run.Trainer.Train().Step);
        }

        using (PretrainingRun run = Start(folder, options))
        {
            Assert.True(run.Trainer.IsComplete);
            TrainingOutcome again = run.Trainer.Train(); // evaluates once more and trains no further
            Assert.Equal((true, 10L, true), (again.Completed, again.Step, again.Evaluation is not null));
        }
    }

    [Fact]
    public void Phases_and_a_ramp_follow_the_clock()
    {
        using var folder = new TemporaryFolder();
        var seen = new PretrainingRecorder();
        PretrainingOptions options = PretrainingPhasesTests.Phased(folder) with
        {
            Budget = TimeSpan.FromSeconds(100),
            LogEvery = 1,
            Schedule = LearningRateScheduleKind.WarmupStableDecay,
            DecayFraction = 0.2,
        };
        using var run = new PretrainingRun(folder, options, seen, time: _clock);
        run.Trainer.StepMade = step => _clock.Advance(TimeSpan.FromSeconds(step <= 2 ? 20 : 10));
        run.Trainer.Train();
        Assert.Equal(
            [(24, 4), (24, 6), (24, 8), (24, 8), (40, 4), (40, 4), (40, 4), (40, 4)],
            seen.Reports.Select(report => (report.SequenceLength, report.BatchSize)));
        Assert.Equal([1e-3, 1e-3, 5e-4], seen.Reports.TakeLast(3).Select(report => Math.Round(report.LearningRate, 12)));
    }

    private static PretrainingOptions Timed(TemporaryFolder folder, double seconds) =>
        PretrainingRun.Options(folder, steps: 1, microBatch: 4) with
        {
            Budget = TimeSpan.FromSeconds(seconds),
            WarmupSteps = 0,
            SaveInBackground = false, // so that it is certain when a save is heard of
        };

    /// <summary>A run whose updates take ten seconds.</summary>
    private PretrainingRun Start(TemporaryFolder folder, PretrainingOptions options, IPretrainingObserver? observer = null)
    {
        var run = new PretrainingRun(folder, options, observer, time: _clock);
        run.Trainer.StepMade = _ => _clock.Advance(TimeSpan.FromSeconds(10));
        return run;
    }

    private sealed class Slow(FakeTimeProvider clock, double seconds) : IPretrainingObserver
    {
        public List<string> Heard { get; } = [];

        public void OnProgress(StepReport report) => Heard.Add("reported");

        public void OnEvaluated(long step, EvaluationReport report) => Take("evaluated");

        public void OnSaved(long step, string checkpoint) => Take("saved");

        private void Take(string what)
        {
            Heard.Add(what);
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }
    }
}
