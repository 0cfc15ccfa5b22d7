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
    public void A_padding_id_that_is_a_word_of_the_shards_is_refused_and_none_at_all_is_not(PretrainingObjective objective)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        if (objective == PretrainingObjective.MaskedLM) options = options.AsMaskedLM();
        SyntheticCorpus.Write(folder.File("shards"));
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), options.Data);
        using var wrong = new ElectraPretrainingModel(SyntheticCorpus.Config() with { PadTokenId = 7 }, options.Model);
        string message = Assert.Throws<ArgumentException>(() => new PretrainingTrainer(wrong, data, options)).Message;
        Assert.Contains("[PAD] is token 0", message, StringComparison.Ordinal);
        Assert.Contains("pad_token_id of the model is 7", message, StringComparison.Ordinal);
        using var none = new ElectraPretrainingModel(SyntheticCorpus.Config() with { PadTokenId = null }, options.Model);
        using var trainer = new PretrainingTrainer(none, data, options);
        trainer.Step();
    }

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
            () => new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 1, microBatch: 3))).Message);
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 1);
        options = options with { Data = options.Data with { SequenceLength = 41 } };
        Assert.Contains("sequence length 41", Assert.Throws<ArgumentException>(
            () => new PretrainingRun(folder, options)).Message);
    }

    [Fact]
    public void A_step_leaks_no_tensor()
    {
        using var folder = new TemporaryFolder();
        using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 100, microBatch: 4));
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
}
