using System.Text.Json.Nodes;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using TorchSharp;

namespace Electra.Tests.Reliability;

/// <summary>Checkpoints that are written while training goes on.</summary>
public sealed class BackgroundSaveTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogger<PretrainingTrainer> _logger = new();
    private readonly PretrainingRecorder _heard = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_files_are_those_of_a_run_that_waits_for_them()
    {
        using var other = new TemporaryFolder();
        foreach ((TemporaryFolder folder, bool inBackground) in ((TemporaryFolder, bool)[])[(_folder, true), (other, false)])
        {
            using var run = new PretrainingRun(folder, Options(folder) with { SaveInBackground = inBackground, EvaluateEvery = 3 });
            run.Trainer.Train();
        }

        foreach (string name in (string[])["step-000002", "step-000004", "step-000006", "step-000007"])
        {
            string ours = _folder.File("run", "checkpoints", name), theirs = other.File("run", "checkpoints", name);
            Assert.Equal(File.ReadAllBytes(Path.Combine(theirs, "state.safetensors")), File.ReadAllBytes(Path.Combine(ours, "state.safetensors")));
            Assert.Equal(State(theirs), State(ours));
        }

        static string State(string folder)
        {
            JsonNode state = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "state.json")))!;
            foreach (string key in (string[])["time_used", "options"]) Assert.True(state["values"]!.AsObject().Remove(key));
            return state.ToJsonString();
        }
    }

    /// <summary>The disk takes no byte until two further updates are made; the save that comes then waits for the one before.</summary>
    [Fact]
    public void Training_goes_on_meanwhile_and_one_checkpoint_is_written_at_a_time()
    {
        using var made = new ManualResetEventSlim();
        int writing = 0, most = 0;
        using var run = new PretrainingRun(_folder, Options(_folder), _heard);
        run.Trainer.StepMade = step =>
        {
            if (step == 4) made.Set();
            if (step is 3 or 4) Assert.Empty(_heard.Saves);
        };
        run.Trainer.SaveStagePassed = stage =>
        {
            if (stage == "folder")
            {
                most = Math.Max(most, Interlocked.Increment(ref writing));
                Assert.True(made.Wait(Patience), "training waits for the disk");
            }

            if (stage == "published") Interlocked.Decrement(ref writing);
        };
        Assert.True(run.Trainer.Train().Completed);
        Assert.Equal([2L, 4, 6, 7], _heard.Saves);
        Assert.Equal((0, 1), (writing, most));
    }

    [Fact]
    public void A_write_that_fails_is_warned_of_and_the_next_one_tries_again()
    {
        using var run = new PretrainingRun(_folder, Options(_folder), _heard, logger: _logger);
        run.Trainer.SaveStagePassed = stage =>
        {
            if (stage == "tensors" && !Directory.Exists(_folder.File("run", "checkpoints", "step-000002"))
                && Directory.Exists(_folder.File("run", "checkpoints", "step-000002.partial"))) throw new IOException("No space left on device");
        };
        Assert.True(run.Trainer.Train().Completed);
        Assert.Equal([4L, 6, 7], _heard.Saves);
        string warning = Assert.Single(_logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Warning).Message;
        Assert.Contains("Step 2: no checkpoint was saved", warning, StringComparison.Ordinal);
        Assert.Contains("No space left on device", warning, StringComparison.Ordinal);
        Assert.Contains("the beginning", warning, StringComparison.Ordinal);
        Assert.Equal(
            ["step-000004", "step-000006", "step-000007"], Directory.GetFileSystemEntries(_folder.File("run", "checkpoints")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void When_the_last_one_fails_too_the_run_ends_with_the_error_and_what_was_saved_stays()
    {
        using (var run = new PretrainingRun(_folder, Options(_folder), _heard, logger: _logger))
        {
            run.Trainer.SaveStagePassed = stage =>
            {
                if (stage == "state" && Directory.Exists(_folder.File("run", "checkpoints", "step-000004"))) throw new IOException("No space left on device");
            };
            string message = Assert.Throws<IOException>(() => run.Trainer.Train()).Message;
            Assert.Contains("The checkpoint of step 7 can't be written", message, StringComparison.Ordinal);
            Assert.Equal([2L, 4], _heard.Saves);
        }

        using var next = new PretrainingRun(_folder, Options(_folder), scramble: true);
        Assert.Equal(4, next.Trainer.StepsDone);
    }

    [Fact]
    public void A_run_that_is_stopped_waits_for_the_write_under_way()
    {
        using var stop = new CancellationTokenSource();
        using var run = new PretrainingRun(_folder, Options(_folder), _heard);
        run.Trainer.SaveStagePassed = stage =>
        {
            if (stage == "folder" && !stop.IsCancellationRequested)
            {
                stop.Cancel();
                Thread.Sleep(100);
            }
        };
        TrainingOutcome outcome = run.Trainer.Train(stop.Token);
        Assert.False(outcome.Completed);
        Assert.Equal(outcome.Step, _heard.Saves[^1]);
        Assert.Contains(2L, _heard.Saves);
        Assert.EndsWith($"step-{outcome.Step:D6}", outcome.Checkpoint, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.File("run", "checkpoints")), path => path.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void The_copy_is_freed_with_the_trainer()
    {
        using torch.Tensor parameters = torch.zeros(100);
        TensorLeak.AssertNone(() =>
        {
            using var snapshot = new CheckpointSnapshot();
            for (int save = 0; save < 2; save++) snapshot.Take([("parameters", parameters)]);
        });
        Assert.True(Left(inBackground: true) <= Left(inBackground: false), "a run that saves in the background leaves more tensors than one that waits");
    }

    // What a model leaves to the collector is the same either way.
    private static long Left(bool inBackground)
    {
        using var folder = new TemporaryFolder();
        long before = torch.Tensor.TotalCount;
        using (var run = new PretrainingRun(folder, Options(folder) with { SaveInBackground = inBackground })) run.Trainer.Train();
        return torch.Tensor.TotalCount - before;
    }

    [Fact]
    public void Copies_are_taken_into_the_same_memory_and_keep_what_they_were()
    {
        using var scope = torch.NewDisposeScope();
        using var snapshot = new CheckpointSnapshot();
        torch.Tensor whole = torch.arange(12, torch.ScalarType.Float32), part = whole.narrow(0, 4, 4);
        var first = snapshot.Take([("a", part), ("b", torch.tensor(5L))]);
        torch.Tensor kept = first[0].Tensor;
        part.zero_();
        Assert.Equal([4f, 5, 6, 7], kept.data<float>().ToArray());
        Assert.Equal(["a", "b"], first.Select(item => item.Name));
        long count = torch.Tensor.TotalCount;
        var second = snapshot.Take([("a", part), ("b", torch.tensor(6L))]);
        Assert.Same(kept, second[0].Tensor);
        Assert.Equal([0f, 0, 0, 0], kept.data<float>().ToArray());
        Assert.Equal(6, second[1].Tensor.item<long>());
        Assert.True(torch.Tensor.TotalCount <= count + 1); // the 6
    }

    private static PretrainingOptions Options(TemporaryFolder folder) =>
        PretrainingRun.Options(folder, steps: 7) with { SaveEvery = 2, LogEvery = 3, KeepCheckpoints = 9 };
}
