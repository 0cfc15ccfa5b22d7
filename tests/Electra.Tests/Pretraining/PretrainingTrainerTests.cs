using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tests.Pretraining.Evaluation;
using Electra.Tests.Support;
using Electra.Training;
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
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 150) with
        {
            LearningRate = 5e-3,
            LogEvery = 25,
            EvaluateEvery = 75,
            SaveEvery = 50,
            KeepCheckpoints = 2,
        };
        if (objective == PretrainingObjective.MaskedLM) options = options.AsMaskedLM();
        var observer = new PretrainingRecorder();
        using var run = new PretrainingRun(folder, options, observer);
        TrainingOutcome outcome = run.Trainer.Train();

        Assert.Equal((true, 150L), (outcome.Completed, outcome.Step));
        Assert.Equal([25L, 50, 75, 100, 125, 150], observer.Reports.Select(r => r.Step));
        Assert.Equal([75L, 150], observer.Evaluations.Select(e => e.Step));
        Assert.Equal([50L, 100, 150], observer.Saves);
        string[] checkpoints = Directory.GetDirectories(folder.File("run", "checkpoints"));
        Assert.Equal(["step-000100", "step-000150"], checkpoints.Select(Path.GetFileName).Order());
        EvaluationReport last = observer.Evaluations[^1].Report;
        Assert.Same(last, outcome.Evaluation);
        Assert.Equal(objective == PretrainingObjective.Electra, last.Detection is not null);
        Assert.All(observer.Reports, report => Assert.True(report.TokensPerSecond > 0 && report.GradientNorm > 0));

        JsonNode[] lines = [.. File.ReadLines(folder.File("run", "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(6, lines.Count(line => (string?)line["kind"] == "train"));
        Assert.Equal(2, lines.Count(line => (string?)line["kind"] == "evaluation"));
    }

    [Theory]
    [InlineData(PretrainingObjective.Electra)]
    [InlineData(PretrainingObjective.MaskedLM)]
    public void A_run_learns_more_of_its_text_than_how_frequent_words_are(PretrainingObjective objective)
    {
        using var folder = new TemporaryFolder();
        using (EvaluationShards.Write(folder.File("shards"), vocabSize: 40, documents: 400))
        {
        }

        var options = new PretrainingOptions
        {
            Model = new() { GeneratorSize = 0.5, PositionInitialization = PositionInitialization.Sinusoidal, Objective = objective },
            Data = new DataOptions { SequenceLength = 16, BatchSize = 16, HeldOutFraction = 0.1 },
            TrainSteps = 1000,
            WarmupSteps = 50,
            LearningRate = 3e-3,
            LogEvery = 250,
            EvaluateEvery = 0,
            SaveEvery = 0,
            Precision = TrainingPrecision.Float32,
            OutputFolder = folder.File("run"),
        };
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var model = new ElectraPretrainingModel(SyntheticCorpus.Config(dropout: 0) with { VocabSize = 40, EmbeddingSize = 32, NumHiddenLayers = 1, InitializerRange = 0.2 }, options.Model);
        var observer = new PretrainingRecorder();
        using var trainer = new PretrainingTrainer(model, data, options, observer);
        EvaluationReport report = trainer.Train().Evaluation!;
        Assert.True(report.MaskedLM.Mask.Loss < report.WordFrequencies.Loss - 1, $"{report}");
        Assert.True(report.MaskedLM.Mask.Accuracy > report.WordFrequencies.Accuracy + 0.3, $"{report}");
        Assert.True(observer.Reports[^1].MaskedLM.Mask.Loss < observer.Reports[0].MaskedLM.Mask.Loss - 1);
        if (objective == PretrainingObjective.MaskedLM) return;
        Assert.True(report.Detection!.Discriminator.AreaUnderCurve > report.Detection.TokenIdentityAreaUnderCurve + 0.15, $"{report}");
        Assert.True(report.Detection.DiscriminatorLoss < report.Detection.ConstantDiscriminatorLoss - 0.03, $"{report}");
    }

    [Fact]
    public void Without_dropout_a_run_is_that_of_a_config_that_has_none_and_the_config_keeps_its_own()
    {
        using TemporaryFolder off = new(), none = new();
        float[] Train(TemporaryFolder folder, bool on, double dropout)
        {
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 6);
            using var run = new PretrainingRun(folder, options with { Model = options.Model with { Dropout = on } }, dropout: dropout);
            run.Trainer.Train(); // its evaluation puts networks back into the mode they were in
            run.Trainer.Evaluate();
            Assert.Equal(dropout, run.Model.Config.HiddenDropoutProb);
            Assert.Equal(on, run.Model.Discriminator.training);
            return run.Weights();
        }

        float[] without = Train(off, on: false, dropout: 0.1);
        Assert.Equal(Train(none, on: true, dropout: 0), without);
        using TemporaryFolder with = new();
        Assert.NotEqual(without, Train(with, on: true, dropout: 0.1));
    }

    [Fact]
    public void A_checkpoint_may_be_saved_when_held_out_text_was_evaluated()
    {
        using var folder = new TemporaryFolder();
        var saver = new SavesAfterEvaluations();
        using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 4) with { EvaluateEvery = 2 }, saver);
        saver.Trainer = run.Trainer;
        Assert.True(run.Trainer.Train().Completed);
        Assert.Equal([2L, 4], saver.Saved);
    }

    [Fact]
    public void A_step_does_not_depend_on_the_micro_batches()
    {
        using TemporaryFolder whole = new(), parted = new();
        float[] Train(TemporaryFolder folder, int? micro)
        {
            using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 2, micro), dropout: 0);
            run.Trainer.Step();
            run.Trainer.Step();
            return run.Weights();
        }

        float[] expected = Train(whole, null), actual = Train(parted, 2);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
    }

    [Fact]
    public void A_step_does_not_depend_on_whether_padding_is_left_out()
    {
        using TemporaryFolder padded = new(), packed = new();
        float[] Train(TemporaryFolder folder, bool packs)
        {
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 2, microBatch: 4);
            using var run = new PretrainingRun(folder, options with { Data = options.Data with { JoinDocuments = false } }, dropout: 0);
            (run.Model.Generator.Electra.PacksTokens, run.Model.Discriminator.Electra.PacksTokens) = (packs, packs);
            run.Trainer.Step();
            run.Trainer.Step();
            return run.Weights();
        }

        float[] expected = Train(padded, false), actual = Train(packed, true);
        Assert.NotEqual(expected, actual); // other sums: packing took part
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
    }

    [Fact]
    public void A_diverged_run_stops_and_names_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 20) with { SaveEvery = 3, LogEvery = 4 });
        Assert.Equal(5, run.Trainer.Options.MaxSkippedSteps);
        for (int step = 0; step < 3; step++) run.Trainer.Step();
        string good = run.Trainer.Save();
        using (no_grad()) run.Model.Discriminator.Electra.Embeddings.WordEmbeddings.fill_(float.NaN);
        var error = Assert.Throws<TrainingDivergedException>(() => run.Trainer.Train());
        Assert.Equal((8L, good), (error.Step, error.LastGoodCheckpoint));
        Assert.Contains(good, error.Message);
        Assert.Throws<TrainingDivergedException>(() => run.Trainer.Save());
    }

    [Fact]
    public void A_step_leaks_no_tensor()
    {
        using var folder = new TemporaryFolder();
        using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 100, microBatch: 4));
        run.Trainer.Step();
        run.Trainer.Evaluate();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        run.Trainer.Step();
        run.Trainer.Step();
        run.Trainer.Evaluate();
        run.Trainer.Save();
        long after = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        // The loader makes batches on its own thread, and steps dispose them on this one.
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), run.Trainer.Options.Data);
        using TokenBatch first = data.ReadBatch(default, 8), second = data.ReadBatch(first.Next, 8), third = data.ReadBatch(second.Next, 8);
        Tensor?[] batches = [second.InputIds, second.AttentionMask, third.InputIds, third.AttentionMask];
        Assert.Equal(before - batches.Count(tensor => tensor is not null), after);
    }

    [Fact]
    public void Evaluations_repeat_exactly_and_change_nothing()
    {
        using var folder = new TemporaryFolder();
        using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 10));
        run.Trainer.Step();
        float[] before = run.Weights();
        EvaluationReport first = run.Trainer.Evaluate()!, second = run.Trainer.Evaluate()!;
        Assert.Equal(first, second);
        Assert.Equal(before, run.Weights());
        Assert.True(run.Model.Generator.training);
    }

    [Fact]
    public void Networks_can_be_trained_otherwise_once_the_trainer_is_gone()
    {
        using var folder = new TemporaryFolder();
        using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 2));
        run.Trainer.Step();
        run.Trainer.Dispose();
        using var scope = NewDisposeScope();
        run.Model.Discriminator.zero_grad(); // drops the gradients
        run.Model.Discriminator.forward(ones([2, 8], ScalarType.Int64)).sum().backward();
        Assert.All(run.Model.Discriminator.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    private sealed class SavesAfterEvaluations : IPretrainingObserver
    {
        public PretrainingTrainer? Trainer { get; set; }

        public List<long> Saved { get; } = [];

        public void OnEvaluated(long step, EvaluationReport report) => Assert.True(Directory.Exists(Trainer!.Save()));

        public void OnSaved(long step, string checkpoint) => Saved.Add(step);
    }
}
