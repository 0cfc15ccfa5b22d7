using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp;

namespace Electra.Tests.Pretraining;

public class PretrainingResumeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void A_run_stopped_at_any_step_resumes_bit_for_bit(int stopAt)
    {
        using TemporaryFolder whole = new(), parted = new();
        PretrainingOptions options = PretrainingRun.Options(whole, steps: 8, microBatch: 4) with { LogEvery = 3, EvaluateEvery = 4 };
        StopAndResume(whole, parted, options, stopAt);
    }

    [Theory]
    [InlineData(1)] // within the ramp
    [InlineData(2)] // where the batch grows
    [InlineData(3)]
    [InlineData(4)] // at the end of the ramp
    [InlineData(6)] // between the phases
    [InlineData(7)] // within the second
    [InlineData(9)]
    public void A_run_with_phases_and_a_ramp_stopped_at_any_step_resumes_bit_for_bit(int stopAt)
    {
        using TemporaryFolder whole = new(), parted = new();
        PretrainingOptions options = PretrainingPhasesTests.Phased(whole) with
        {
            LogEvery = 3,
            EvaluateEvery = 3,
            Schedule = LearningRateScheduleKind.WarmupStableDecay,
            DecayFraction = 0.5,
        };
        StopAndResume(whole, parted, options, stopAt);
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_version_is_gone_on_from()
    {
        using TemporaryFolder whole = new(), old = new();
        float[] reference;
        using (var run = new PretrainingRun(whole, PretrainingRun.Options(whole, steps: 4)))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        PretrainingOptions options = PretrainingRun.Options(old, steps: 4);
        using (var run = new PretrainingRun(old, options))
        {
            run.Trainer.Step();
            run.Trainer.Step();
            run.Trainer.Save();
        }

        var store = new TrainingCheckpointStore(old.File("run", "checkpoints"));
        using (TrainingCheckpoint saved = store.LoadLatest()!)
        using (torch.NewDisposeScope())
        {
            JsonObject values = saved.Values.DeepClone().AsObject();
            foreach (string key in (string[])["phase", "epochs_skipped", "time_used", "evaluated_step", "compute_dtype", "device"]) Assert.True(values.Remove(key));
            foreach (string key in (string[])["Phases", "BatchRamp", "Budget"]) Assert.True(values["options"]!.AsObject().Remove(key));
            foreach (string key in (string[])["is_decoder", "use_cache"]) Assert.True(values["config"]!.AsObject().Remove(key));
            (string, torch.Tensor)[] tensors = [.. saved.Tensors.Entries.Keys
                .Where(name => name is not ("metrics.places" or "metrics.text_loss")).Select(name => (name, saved.Tensors.ReadTensor(name)))];
            Directory.Delete(old.File("run", "checkpoints"), recursive: true);
            new TrainingCheckpointStore(old.File("run", "checkpoints")).Save(2, tensors, values);
        }

        using (var run = new PretrainingRun(old, options, scramble: true))
        {
            Assert.Equal(2, run.Trainer.StepsDone);
            run.Trainer.Train();
            Assert.Equal(reference, run.Weights());
        }
    }

    private static void StopAndResume(TemporaryFolder whole, TemporaryFolder parted, PretrainingOptions options, int stopAt)
    {
        var expected = new PretrainingRecorder();
        float[] reference;
        using (var run = new PretrainingRun(whole, options, expected))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        options = options with { OutputFolder = parted.File("run") };
        var actual = new PretrainingRecorder();
        using (var stop = new CancellationTokenSource())
        using (var run = new PretrainingRun(parted, options, actual))
        {
            run.Trainer.StepMade = step =>
            {
                if (step == stopAt) stop.Cancel();
            };
            TrainingOutcome outcome = run.Trainer.Train(stop.Token);
            Assert.Equal((false, (long)stopAt), (outcome.Completed, outcome.Step));
        }

        // Other fresh weights: everything has to come from the checkpoint.
        using (var run = new PretrainingRun(parted, options, actual, scramble: true))
        {
            Assert.Equal(stopAt, run.Trainer.StepsDone);
            Assert.Equal(options.TrainSteps, run.Trainer.Train().Step);
            Assert.Equal(reference, run.Weights());
        }

        Assert.Equal(expected.Reports[^1] with { TokensPerSecond = 0, Elapsed = default, Remaining = null },
            actual.Reports[^1] with { TokensPerSecond = 0, Elapsed = default, Remaining = null });
        Assert.Equal(expected.Evaluations[^1].Report, actual.Evaluations[^1].Report);
        Assert.Equal(Figures(whole), Figures(parted));
    }

    [Fact]
    public void A_run_killed_without_warning_resumes_bit_for_bit()
    {
        using TemporaryFolder whole = new(), parted = new();
        float[] reference;
        using (var run = new PretrainingRun(whole, KilledRun(whole.FullPath)))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        SyntheticCorpus.Write(parted.File("shards"));
        using (var child = ChildProgram.Start(TrainUntilKilled, parted.FullPath))
        {
            while (child.StandardOutput.ReadLine() is string line && line != "saved 20") ;
            child.Kill(); // SIGKILL: no handler runs
            child.WaitForExit();
            Assert.NotEqual(0, child.ExitCode);
        }

        using (var run = new PretrainingRun(parted, KilledRun(parted.FullPath)))
        {
            Assert.InRange(run.Trainer.StepsDone, 20, 59);
            run.Trainer.Train();
            Assert.Equal(reference, run.Weights());
        }

        Assert.Equal(Figures(whole), Figures(parted));
    }

    [Fact]
    public void Another_run_in_the_folder_is_refused_with_every_difference()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 1);
        using (var run = new PretrainingRun(folder, options)) run.Trainer.Train();
        PretrainingOptions other = options with { LearningRate = 1, WeightDecay = 0.5 };
        string message = Assert.Throws<ArgumentException>(() => new PretrainingRun(folder, other, dropout: 0)).Message;
        Assert.Contains("LearningRate is 1 now", message);
        Assert.Contains("WeightDecay is 0.5 now", message);
        Assert.Contains("config.hidden_dropout_prob is 0", message);

        // Starting over in a folder that holds a run would lose that run.
        message = Assert.Throws<ArgumentException>(() => new PretrainingRun(folder, options with { Resume = false })).Message;
        Assert.Contains("holds a run at step 1", message);
    }

    [Fact]
    public void The_same_documents_in_another_order_are_other_data_and_refused()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 1);
        using (var run = new PretrainingRun(folder, options)) run.Trainer.Train();
        Reverse(folder.File("shards"));
        string message = Assert.Throws<ArgumentException>(() => new PretrainingRun(folder, options)).Message;
        Assert.Contains("the data has another content or order of shards", message);
    }

    private static void Reverse(string shards)
    {
        var documents = new List<(int[] Tokens, int[] Lines)>();
        using (TokenShardReader reader = TokenShardReader.Open(Path.Combine(shards, "shard-00000.tokens")))
        {
            var lines = new List<int>();
            for (int document = 0; document < reader.DocumentCount; document++)
            {
                var tokens = new long[reader.TokensIn(document)];
                reader.CopyTokens(reader.TokenStart(document), tokens);
                reader.CopyLineLengths(document, lines);
                documents.Add((Array.ConvertAll(tokens, id => (int)id), [.. lines]));
            }
        }

        using var set = new TokenShardSet(shards, TokenShardManifest.Load(shards).Vocabulary, long.MaxValue);
        foreach ((int[] tokens, int[] lines) in documents.AsEnumerable().Reverse()) set.AddDocument(tokens, lines);
        set.Complete(1, 0, null);
    }

    private static PretrainingOptions KilledRun(string folder) =>
        PretrainingRun.Options(folder, steps: 60) with { SaveEvery = 5, LogEvery = 7 };

    private static void TrainUntilKilled(string folder)
    {
        using var run = new PretrainingRun(folder, KilledRun(folder), new Announcer());
        run.Trainer.Train();
    }

    private static string[] Figures(TemporaryFolder folder)
    {
        return [.. File.ReadLines(folder.File("run", "metrics.jsonl")).Select(Timeless)];

        static string Timeless(string line)
        {
            JsonObject figures = JsonNode.Parse(line)!.AsObject();
            figures.Remove("time");
            figures.Remove("tokens_per_second");
            return figures.ToJsonString();
        }
    }

    private sealed class Announcer : IPretrainingObserver
    {
        public void OnSaved(long step, string checkpoint)
        {
            Console.WriteLine($"saved {step}");
            Console.Out.Flush();
        }
    }
}
