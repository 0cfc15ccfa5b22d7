using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class PretrainingTrainerTests
{
    [Theory]
    [InlineData(PretrainingObjective.Electra)]
    [InlineData(PretrainingObjective.MaskedLM)]
    public void A_run_learns_reports_evaluates_and_saves(PretrainingObjective objective)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder, steps: 150) with
        {
            LearningRate = 5e-3, LogEvery = 25, EvaluateEvery = 75, SaveEvery = 50, KeepCheckpoints = 2,
        };
        if (objective == PretrainingObjective.MaskedLM) options = options.AsMaskedLM();
        var observer = new Recorder();
        using var run = new Run(folder, options, observer);
        TrainingOutcome outcome = run.Trainer.Train();

        Assert.Equal((true, 150L), (outcome.Completed, outcome.Step));
        Assert.Equal([25L, 50, 75, 100, 125, 150], observer.Reports.Select(r => r.Step));
        Assert.Equal([75L, 150], observer.Evaluations.Select(e => e.Step));
        Assert.Equal([50L, 100, 150], observer.Saves);
        Assert.Equal(["step-000100", "step-000150"], Directory.GetDirectories(folder.File("run", "checkpoints")).Select(Path.GetFileName).Order());
        double first = observer.Reports[0].MaskedLMLoss, later = observer.Reports[^1].MaskedLMLoss;
        Assert.True(later < first - 0.3, $"the masked-LM loss only went from {first} to {later}");
        EvaluationReport last = observer.Evaluations[^1].Report;
        Assert.Same(last, outcome.Evaluation);
        Assert.True(last.MaskedLMLoss < Math.Log(94) - 0.3, $"held-out loss {last.MaskedLMLoss}");
        Assert.True(last.MaskedLMAccuracy > 0.1, $"held-out accuracy {last.MaskedLMAccuracy}");
        Assert.Equal(objective == PretrainingObjective.Electra, last.Discriminator is not null);
        Assert.All(observer.Reports, report => Assert.True(report.TokensPerSecond > 0 && report.GradientNorm > 0));

        JsonNode[] lines = [.. File.ReadLines(folder.File("run", "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(6, lines.Count(line => (string?)line["kind"] == "train"));
        Assert.Equal(2, lines.Count(line => (string?)line["kind"] == "evaluation"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void A_run_stopped_at_any_step_resumes_bit_for_bit(int stopAt)
    {
        using TemporaryFolder whole = new(), parted = new();
        PretrainingOptions options = Options(whole, steps: 8) with { LogEvery = 3, EvaluateEvery = 4, Data = Data() with { MicroBatchSize = 4 } };
        var expected = new Recorder();
        float[] reference;
        using (var run = new Run(whole, options, expected))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        options = options with { OutputFolder = parted.File("run") };
        var actual = new Recorder();
        using (var stop = new CancellationTokenSource())
        using (var run = new Run(parted, options, actual))
        {
            run.Trainer.StepMade = step =>
            {
                if (step == stopAt) stop.Cancel();
            };
            TrainingOutcome outcome = run.Trainer.Train(stop.Token);
            Assert.Equal((false, (long)stopAt), (outcome.Completed, outcome.Step));
        }

        // Another seed for the fresh weights: everything has to come from the checkpoint.
        using (var run = new Run(parted, options, actual, scramble: true))
        {
            Assert.Equal(stopAt, run.Trainer.StepsDone);
            Assert.Equal(8, run.Trainer.Train().Step);
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
        using (var run = new Run(whole, KilledRun(whole.FullPath)))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        SyntheticCorpus.Write(parted.File("shards"));
        using (var child = ChildProgram.Start(TrainUntilKilled, parted.FullPath))
        {
            for (string? line = ""; line is not null && !line.StartsWith("saved 20", StringComparison.Ordinal);) line = child.StandardOutput.ReadLine();
            child.Kill(); // SIGKILL: no handler runs
            child.WaitForExit();
            Assert.NotEqual(0, child.ExitCode);
        }

        using (var run = new Run(parted, KilledRun(parted.FullPath)))
        {
            Assert.InRange(run.Trainer.StepsDone, 20, 59);
            run.Trainer.Train();
            Assert.Equal(reference, run.Weights());
        }

        Assert.Equal(Figures(whole), Figures(parted));
    }

    [Fact]
    public void A_step_does_not_depend_on_the_micro_batches()
    {
        using TemporaryFolder whole = new(), parted = new();
        float[] Train(TemporaryFolder folder, int? micro)
        {
            PretrainingOptions options = Options(folder, steps: 2) with { Data = Data() with { MicroBatchSize = micro } };
            using var run = new Run(folder, options, dropout: 0);
            run.Trainer.Step();
            run.Trainer.Step();
            return run.Weights();
        }

        float[] expected = Train(whole, null), actual = Train(parted, 2);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
    }

    [Fact]
    public void Another_run_in_the_folder_is_refused_with_every_difference()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Options(folder, steps: 1);
        using (var run = new Run(folder, options)) run.Trainer.Train();
        string message = Assert.Throws<ArgumentException>(() => new Run(folder, options with { LearningRate = 1, WeightDecay = 0.5 }, dropout: 0)).Message;
        Assert.Contains("LearningRate is 1 now", message);
        Assert.Contains("WeightDecay is 0.5 now", message);
        Assert.Contains("config.hidden_dropout_prob is 0", message);

        using var anew = new Run(folder, options with { LearningRate = 1, Resume = false });
        Assert.Equal(0, anew.Trainer.StepsDone);
    }

    [Fact]
    public void A_diverged_run_stops_and_names_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var run = new Run(folder, Options(folder, steps: 20) with { SaveEvery = 3, LogEvery = 4 });
        for (int step = 0; step < 3; step++) run.Trainer.Step();
        string good = run.Trainer.Save();
        using (no_grad()) run.Model.Discriminator.Electra.Embeddings.WordTable.fill_(float.NaN);
        var error = Assert.Throws<TrainingDivergedException>(() => run.Trainer.Train());
        Assert.Equal((4L, good), (error.Step, error.LastGoodCheckpoint));
        Assert.Contains(good, error.Message);
        Assert.Throws<TrainingDivergedException>(run.Trainer.Save);
    }

    [Fact]
    public void A_batch_that_does_not_divide_and_data_that_does_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("MicroBatchSize", Assert.Throws<ArgumentException>(
            () => new Run(folder, Options(folder, steps: 1) with { Data = Data() with { MicroBatchSize = 3 } })).Message);
        Assert.Contains("sequence length 41", Assert.Throws<ArgumentException>(
            () => new Run(folder, Options(folder, steps: 1) with { Data = Data() with { SequenceLength = 41 } })).Message);
    }

    [Fact]
    public void A_step_leaks_no_tensor()
    {
        using var folder = new TemporaryFolder();
        using var run = new Run(folder, Options(folder, steps: 100) with { Data = Data() with { MicroBatchSize = 4 } });
        run.Trainer.Step();
        run.Trainer.Evaluate();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        // The loader makes batches on its own thread, which are disposed on this one: what lives on may only shrink here.
        run.Trainer.Step();
        run.Trainer.Step();
        run.Trainer.Evaluate();
        run.Trainer.Save();
        Assert.True(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount <= before);
    }

    [Fact]
    public void Evaluations_repeat_exactly_and_change_nothing()
    {
        using var folder = new TemporaryFolder();
        using var run = new Run(folder, Options(folder, steps: 10));
        run.Trainer.Step();
        float[] before = run.Weights();
        EvaluationReport first = run.Trainer.Evaluate()!, second = run.Trainer.Evaluate()!;
        Assert.Equal(first, second);
        Assert.Equal(before, run.Weights());
        Assert.True(run.Model.Generator.training);
    }

    private static PretrainingOptions KilledRun(string folder) => Options(folder, steps: 60) with { SaveEvery = 5, LogEvery = 7 };

    private static void TrainUntilKilled(string folder)
    {
        using var run = new Run(folder, KilledRun(folder), new Announcer());
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

    private static DataOptions Data() => new() { SequenceLength = 24, BatchSize = 8, HeldOutDocuments = 6, Seed = 3 };

    private static PretrainingOptions Options(TemporaryFolder folder, long steps) => Options(folder.FullPath, steps);

    private static PretrainingOptions Options(string folder, long steps) => new()
    {
        Data = Data(),
        TrainSteps = steps,
        WarmupSteps = Math.Min(5, steps),
        LearningRate = 1e-3,
        Precision = PretrainingPrecision.Float32,
        OutputFolder = Path.Combine(folder, "run"),
        EvaluateEvery = 0,
        SaveEvery = 0,
        Seed = 11,
    };

    /// <summary>A small model on the synthetic corpus, with its trainer.</summary>
    private sealed class Run : IDisposable
    {
        private readonly PretrainingDataset _data;

        public Run(
            TemporaryFolder folder, PretrainingOptions options, IPretrainingObserver? observer = null, double dropout = 0.1, bool scramble = false)
            : this(folder.FullPath, options, observer, dropout, scramble)
        {
        }

        public Run(string folder, PretrainingOptions options, IPretrainingObserver? observer = null, double dropout = 0.1, bool scramble = false)
        {
            string shards = Path.Combine(folder, "shards");
            if (!TokenShardManifest.Exists(shards)) SyntheticCorpus.Write(shards);
            _data = PretrainingDataset.Open(shards, options.Data);
            Model = new ElectraPretrainingModel(SyntheticCorpus.Config(dropout), options.Model);
            using (no_grad())
                if (scramble) foreach ((_, Tensor parameter) in Model.NamedParameters()) parameter.normal_();
            try
            {
                Trainer = new PretrainingTrainer(Model, _data, options, observer);
            }
            catch
            {
                Model.Dispose();
                _data.Dispose();
                throw;
            }
        }

        public ElectraPretrainingModel Model { get; }

        public PretrainingTrainer Trainer { get; }

        public float[] Weights()
        {
            using var scope = NewDisposeScope();
            return [.. Model.NamedParameters().SelectMany(p => p.Parameter.detach().contiguous().view(-1).data<float>().ToArray())];
        }

        public void Dispose()
        {
            Trainer.Dispose();
            Model.Dispose();
            _data.Dispose();
        }
    }

    private sealed class Recorder : IPretrainingObserver
    {
        public List<StepReport> Reports { get; } = [];

        public List<(long Step, EvaluationReport Report)> Evaluations { get; } = [];

        public List<long> Saves { get; } = [];

        public void OnProgress(StepReport report) => Reports.Add(report);

        public void OnEvaluated(long step, EvaluationReport report) => Evaluations.Add((step, report));

        public void OnSaved(long step, string checkpoint) => Saves.Add(step);
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
