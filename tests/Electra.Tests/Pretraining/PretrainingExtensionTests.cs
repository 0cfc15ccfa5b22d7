using System.Text.Json.Nodes;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using TorchSharp;

namespace Electra.Tests.Pretraining;

/// <summary>What may change between the parts of one run, and what a resume says of it.</summary>
public sealed class PretrainingExtensionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeLogger<PretrainingTrainer> logger = new();

    private PretrainingOptions Options => PretrainingRun.Options(folder, steps: 10) with { LogEvery = 1, WarmupSteps = 3 };

    private IEnumerable<string> Warnings =>
        logger.Collector.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_finished_run_goes_on_with_more_steps_at_the_rates_of_the_longer_run_and_says_so()
    {
        Train(Options);
        PretrainingOptions longer = Options with { TrainSteps = 20 };
        PretrainingRecorder seen = Train(longer);
        Assert.Equal(Enumerable.Range(11, 10).Select(step => (long)step), seen.Reports.Select(report => report.Step));
        Assert.All(seen.Reports, report => Assert.Equal(longer.LearningRateSchedule.At(report.Step - 1), report.LearningRate, 12));
        Assert.Equal(20, seen.Evaluations[^1].Step);
        string told = Assert.Single(Warnings);
        Assert.Contains("extended from 10 steps to 20", told, StringComparison.Ordinal);
        Assert.Contains("at 5.9e-4, where it stood at 0.0e+0", told, StringComparison.Ordinal); // of 1e-3: 10/17 of the way down, and the end
    }

    [Fact]
    public void An_extended_run_that_is_stopped_resumes_bit_for_bit()
    {
        Train(Options);
        using var other = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(folder.FullPath, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(other.FullPath, Path.GetRelativePath(folder.FullPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        float[] straight = Weights(folder, stopAt: null), parted = Weights(other, stopAt: 14);
        Assert.Equal(straight, parted);

        static float[] Weights(TemporaryFolder folder, int? stopAt)
        {
            PretrainingOptions longer = PretrainingRun.Options(folder, steps: 20) with { LogEvery = 1, WarmupSteps = 3 };
            using var stop = new CancellationTokenSource();
            using (var run = new PretrainingRun(folder, longer))
            {
                run.Trainer.StepMade = step =>
                {
                    if (step == stopAt) stop.Cancel();
                };
                run.Trainer.Train(stop.Token);
                if (stopAt is null) return run.Weights();
            }

            using var rest = new PretrainingRun(folder, longer, scramble: true);
            rest.Trainer.Train();
            return rest.Weights();
        }
    }

    [Fact]
    public void Fewer_steps_and_a_warm_up_that_is_not_over_are_refused()
    {
        Train(Options, stopAt: 2);
        Assert.Contains("TrainSteps is 9 now, but was 10", Refusal(Options with { TrainSteps = 9 }), StringComparison.Ordinal);
        Assert.Contains("WarmupSteps is 4 now, but was 3", Refusal(Options with { TrainSteps = 20, WarmupSteps = 4 }), StringComparison.Ordinal);
        Train(Options, stopAt: 6);
        Assert.Contains("WarmupSteps is 4 now, but was 3", Refusal(Options with { WarmupSteps = 4 }), StringComparison.Ordinal);
        Train(Options with { TrainSteps = 20, WarmupSteps = 4 });
    }

    [Fact]
    public void A_budget_grows_but_does_not_come_or_go()
    {
        PretrainingOptions timed = Options with { Budget = TimeSpan.FromHours(1) };
        Train(timed, stopAt: 2);
        Assert.Contains("Budget", Refusal(Options with { TrainSteps = 20 }), StringComparison.Ordinal);
        Assert.Contains("Budget", Refusal(timed with { Budget = TimeSpan.FromMinutes(59) }), StringComparison.Ordinal);
        Train(timed with { Budget = TimeSpan.FromHours(2) }, stopAt: 3);
        Assert.Contains("extended from 01:00:00 to 02:00:00", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_run_that_is_started_again_evaluates_once_more_and_logs_nothing_twice()
    {
        Train(Options);
        string log = File.ReadAllText(folder.File("run", "metrics.jsonl"));
        PretrainingRecorder again = Train(Options);
        Assert.Equal(10, Assert.Single(again.Evaluations).Step);
        Assert.Empty(again.Reports);
        Assert.Equal(log, File.ReadAllText(folder.File("run", "metrics.jsonl")));
    }

    [Fact]
    public void Another_dtype_thread_count_or_device_is_told_of()
    {
        Train(Options with { Precision = TrainingPrecision.Auto }, stopAt: 2);
        Assert.Empty(Warnings);
        Alter("compute_dtype", "Float16");
        Alter("device", "CUDA");
        Alter("threads", 77);
        Train(Options with { Precision = TrainingPrecision.Auto });
        string told = Assert.Single(Warnings);
        Assert.Matches("in Float16, now in (Float32|BFloat16); on CUDA, now on CPU; with 77 thread", told);
    }

    [Fact]
    public void A_damaged_newest_checkpoint_is_named_and_kept_aside()
    {
        Train(Options with { SaveEvery = 3 });
        string damaged = folder.File("run", "checkpoints", "step-000010");
        File.WriteAllText(Path.Combine(damaged, "state.json"), "");
        PretrainingRecorder seen = Train(Options with { SaveEvery = 3 });
        Assert.Equal(10, seen.Reports[0].Step); // from step 9
        Assert.Contains(Warnings, warning => warning.Contains(damaged, StringComparison.Ordinal) && warning.Contains("damaged", StringComparison.Ordinal));
        Assert.True(Directory.Exists(damaged + ".damaged"));
        Assert.True(Directory.Exists(damaged));
    }

    private PretrainingRecorder Train(PretrainingOptions options, int? stopAt = null)
    {
        var recorder = new PretrainingRecorder();
        using var stop = new CancellationTokenSource();
        using var run = new PretrainingRun(folder, options, recorder, logger: logger);
        run.Trainer.StepMade = step =>
        {
            if (step == stopAt) stop.Cancel();
        };
        run.Trainer.Train(stop.Token);
        return recorder;
    }

    private string Refusal(PretrainingOptions options) =>
        Assert.Throws<ArgumentException>(() => new PretrainingRun(folder, options)).Message;

    private void Alter(string key, JsonNode value)
    {
        var store = new TrainingCheckpointStore(folder.File("run", "checkpoints"));
        using TrainingCheckpoint saved = store.LoadLatest()!;
        using var scope = torch.NewDisposeScope();
        JsonObject values = saved.Values.DeepClone().AsObject();
        values[key] = value;
        store.Save(saved.Step, [.. saved.Tensors.Entries.Keys.Select(name => (name, saved.Tensors.ReadTensor(name)))], values);
    }
}
