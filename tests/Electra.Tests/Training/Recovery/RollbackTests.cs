using System.Text.Json.Nodes;
using Electra.FineTuning;
using Electra.Pretraining;
using Electra.Tests.FineTuning;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

public class RollbackTests
{
    private const int Steps = 14, FirstBad = 7;

    [Fact]
    public void A_run_goes_back_to_a_checkpoint_at_a_lower_rate_behind_the_text_that_was_read()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder);
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, Steps + 3);
        var told = new RecordedEvents();
        using var run = new PoisonedRun(folder.FullPath, options, Bad(batches), told);
        Assert.True(run.Trainer.Train().Completed);

        // Updates 8 and 9 are left out; the last checkpoint before them is that of 6.
        TrainingEvent back = Assert.Single(told.Events, what => what.Kind == TrainingEventKind.Rollback);
        Assert.Equal(6, back.Step);
        Assert.Equal([("from_step", 9.0), ("rollbacks", 1.0), ("learning_rate_scale", 0.5), ("batches_passed_over", 3.0)], back.Figures);
        Assert.Equal(batches, run.Batches); // one after the other, none twice
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14], told.Reports.Select(report => report.Step));
        foreach ((int index, StepReport report) in told.Reports.Index())
            Assert.Equal(options.LearningRateSchedule.At(report.Step - 1) * (index < 7 ? 1 : 0.5), report.LearningRate, 1e-12);

        JsonNode[] lines = Lines(folder.File("run"));
        int[] steps = [.. lines.Select(line => (int)line["step"]!)];
        Assert.Equal(steps.Order(), steps);
        JsonNode line = Assert.Single(lines, line => (string?)line["kind"] == "event"); // the rest was cut off with what it is about
        Assert.Equal(("rollback", 6, 9), ((string?)line["event"], (int)line["step"]!, (int)line["from_step"]!));
        using TrainingCheckpoint last = new TrainingCheckpointStore(folder.File("run", "checkpoints")).LoadLatest()!;
        Assert.Equal(new Rollbacks(1, 0.5, 3), last.Value<Rollbacks>("rollbacks"));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(8, false)] // between the two bad batches
    [InlineData(8, true)]
    [InlineData(9, false)] // before it is noticed
    [InlineData(9, true)]
    [InlineData(10, false)] // after the first update since
    [InlineData(10, true)]
    [InlineData(13, false)]
    public void A_run_that_was_stopped_or_killed_on_the_way_comes_to_the_same_bits(int read, bool isKilled)
    {
        using TemporaryFolder whole = new(), parted = new();
        PretrainingOptions options = Options(whole);
        int[] batches = PoisonedRun.FirstBatches(whole.FullPath, options, Steps + 3);
        float[] expected;
        using (var run = new PoisonedRun(whole.FullPath, options, Bad(batches)))
        {
            run.Trainer.Train();
            expected = run.Weights();
        }

        options = options with { OutputFolder = parted.File("run") };
        using (var stop = new CancellationTokenSource())
        using (var run = new PoisonedRun(parted.FullPath, options, Bad(batches)))
        {
            run.Trainer.StepMade = _ =>
            {
                if (run.Batches.Count != read) return;
                if (isKilled) throw new KilledException();
                stop.Cancel();
            };
            if (isKilled) Assert.Throws<KilledException>(() => run.Trainer.Train());
            else Assert.False(run.Trainer.Train(stop.Token).Completed);
        }

        using (var run = new PoisonedRun(parted.FullPath, options, Bad(batches)))
        {
            run.Trainer.Train();
            Assert.Equal(expected, run.Weights());
        }

        Assert.Equal(Lines(whole.File("run")).Select(line => line.ToJsonString()), Lines(parted.File("run")).Select(line => line.ToJsonString()));
    }

    [Fact]
    public void It_goes_back_only_as_often_as_it_may()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder) with { MaxRollbacks = 2 };
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, FirstBad);
        var told = new RecordedEvents();
        using (var run = new PoisonedRun(folder.FullPath, options, batch => batches.Contains(batch) ? Poison.None : Poison.Both, told))
        {
            var error = Assert.Throws<TrainingDivergedException>(() => run.Trainer.Train());
            Assert.Contains("2 rollback(s)", error.Message, StringComparison.Ordinal);
            Assert.Contains("MaxRollbacks 3 or more", error.Message, StringComparison.Ordinal);
            Assert.Throws<TrainingDivergedException>(() => run.Trainer.Save());
        }

        // From 6 no update was made any more after the first, so that the second goes further back.
        Assert.Equal([6L, 3L], told.Events.Where(what => what.Kind == TrainingEventKind.Rollback).Select(what => what.Step));

        // Told to go back once more, and with better text from there on, it comes to its end.
        using var again = new PoisonedRun(folder.FullPath, options with { MaxRollbacks = 3 }, observer: told);
        Assert.Equal(3, again.Trainer.StepsDone);
        Assert.True(again.Trainer.Train().Completed);
        Assert.Equal(options.LearningRateSchedule.At(Steps - 1) * 0.25, told.Reports[^1].LearningRate, 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_spike_is_told_of_and_gone_back_for_if_asked(bool goesBack)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder) with { TrainSteps = 20, SaveEvery = 6, LossSpikeThreshold = 6, RollBackOnLossSpike = goesBack };
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, 16);
        var told = new RecordedEvents();
        using var run = new PoisonedRun(folder.FullPath, options, batch => batch == batches[14] ? Poison.Spike : Poison.None, told);
        Assert.True(run.Trainer.Train().Completed);
        Assert.Equal(
            goesBack ? [(TrainingEventKind.LossSpike, 15L), (TrainingEventKind.Rollback, 12L)] : [(TrainingEventKind.LossSpike, 15L)],
            told.Events.Select(what => (what.Kind, what.Step)));
        Assert.Equal(goesBack ? 23 : 20, run.Batches.Count);
        Assert.Contains("\"event\":\"", File.ReadAllText(folder.File("run", "metrics.jsonl")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(23)] // between two reports: what the first of them saw is older than this checkpoint
    public void A_loss_spike_is_gone_back_for_to_what_the_report_before_had_seen(int? stoppedAt)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder) with { TrainSteps = 30, LogEvery = 2, SaveEvery = 3, LossSpikeThreshold = 6, RollBackOnLossSpike = true };
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, 30);
        Poison Spike(int batch) => batch == batches[23] ? Poison.Spike : Poison.None;
        var told = new RecordedEvents();
        if (stoppedAt is int step)
        {
            using var stop = new CancellationTokenSource();
            using var first = new PoisonedRun(folder.FullPath, options, Spike, told);
            first.Trainer.StepMade = made => { if (made == step) stop.Cancel(); };
            Assert.False(first.Trainer.Train(stop.Token).Completed);
        }

        using var run = new PoisonedRun(folder.FullPath, options, Spike, told);
        Assert.True(run.Trainer.Train().Completed);
        Assert.Equal([(TrainingEventKind.LossSpike, 24L), (TrainingEventKind.Rollback, 21L)], told.Events.Select(what => (what.Kind, what.Step)));
    }

    [Fact]
    public void A_damaged_checkpoint_does_not_hide_the_one_to_go_back_to()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder);
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, Steps + 3);
        var told = new RecordedEvents();
        using var run = new PoisonedRun(folder.FullPath, options, batch => batch == batches[6] || batch == batches[7] ? Poison.Both : Poison.None, told);
        run.Trainer.StepMade = step =>
        {
            if (step == 7 && told.Events.Count == 0) File.WriteAllText(folder.File("run", "checkpoints", "step-000003", "state.json"), "{}");
        };
        Assert.True(run.Trainer.Train().Completed);
        Assert.Equal(6, Assert.Single(told.Events, what => what.Kind == TrainingEventKind.Rollback).Step);
    }

    [Fact]
    public void Fine_tuning_goes_back_too_and_takes_its_examples_on_from_there()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        FineTuningOptions options = new()
        {
            LearningRate = 3e-3,
            BatchSize = 8,
            Epochs = 3,
            LogEvery = 1,
            SaveEvery = 5,
            SelectBest = true,
            MaxSkippedSteps = 2,
            MaxRollbacks = 1,
            OutputFolder = folder.File("run"),
        };
        byte[] first = Run(options), second = Run(options with { OutputFolder = folder.File("other") });
        Assert.Equal(first, second);

        byte[] Run(FineTuningOptions options)
        {
            var told = new FineTuningEvents();
            using var trainer = new FineTuningTrainer(encoder, TinyEncoder.Task(), options, observer: told);
            trainer.StepMade = step =>
            {
                if (step != 13 || told.Events.Count > 0) return;
                using var _ = no_grad();
                foreach (TorchSharp.Modules.Parameter parameter in trainer.Model.parameters()) parameter.fill_(float.NaN);
            };
            FineTuningOutcome outcome = trainer.Train();
            Assert.Equal((true, 24L), (outcome.IsComplete, outcome.Steps));
            Assert.Equal(
                [(TrainingEventKind.SkippedSteps, 14L), (TrainingEventKind.SkippedSteps, 15), (TrainingEventKind.Rollback, 10)],
                told.Events.Select(what => (what.Kind, what.Step)));
            Assert.Equal(5.0, told.Events[^1].Figures.Single(figure => figure.Name == "batches_passed_over").Value);
            return File.ReadAllBytes(Path.Combine(outcome.Folder!, "model.safetensors"));
        }
    }

    internal static PretrainingOptions Options(TemporaryFolder folder) => Options(folder.FullPath);

    internal static PretrainingOptions Options(string folder) => PretrainingRun.Options(folder, Steps) with
    {
        LogEvery = 1,
        SaveEvery = 3,
        MaxSkippedSteps = 2,
        MaxRollbacks = 1,
    };

    internal static Func<int, Poison> Bad(int[] batches) => batch => batch == batches[FirstBad] || batch == batches[FirstBad + 1] ? Poison.Both : Poison.None;

    private static JsonNode[] Lines(string folder)
    {
        return [.. File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Select(Timeless)];

        static JsonNode Timeless(string line)
        {
            JsonObject figures = JsonNode.Parse(line)!.AsObject();
            figures.Remove("time");
            figures.Remove("tokens_per_second");
            return figures;
        }
    }

    private sealed class KilledException : Exception;

    private sealed class FineTuningEvents : IFineTuningObserver
    {
        public List<TrainingEvent> Events { get; } = [];

        public void OnEvent(TrainingEvent what) => Events.Add(what);
    }
}
