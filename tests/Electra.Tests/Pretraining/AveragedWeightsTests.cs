using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Distributed;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Distributed;
using Electra.Tests.Support;
using Electra.Tests.Training;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>The exponential average of the weights.</summary>
public class AveragedWeightsTests
{
    private const double Decay = 0.6; // reached by the ramp at update 13

    private static PretrainingOptions Options(TemporaryFolder folder, long steps)
    {
        PretrainingOptions options = PretrainingRun.Options(folder, steps, microBatch: 4);
        // tables that are moved once more after the optimizer's update
        return options with { AverageDecay = Decay, LearningRate = 1e-2, Model = options.Model with { EmbeddingSharing = EmbeddingSharing.GradientDisentangled } };
    }

    [Fact]
    public void The_average_is_that_of_all_weights_after_each_update_and_changes_no_update()
    {
        using TemporaryFolder folder = new(), without = new();
        using var run = new PretrainingRun(folder, Options(folder, steps: 20));
        double[] expected = [.. run.Weights()];
        run.Trainer.StepMade = step =>
        {
            float[] weights = run.Weights();
            double decay = Math.Min(Decay, step / (9.0 + step));
            for (int i = 0; i < weights.Length; i++) expected[i] = (decay * expected[i]) + ((1 - decay) * weights[i]);
        };
        run.Trainer.Train();
        float[] trained = run.Weights(), average;
        using (run.Trainer.UseAverage())
        {
            average = run.Weights();
            Assert.Contains("dispose", Assert.Throws<InvalidOperationException>(run.Trainer.Step).Message);
            Assert.Throws<InvalidOperationException>(() => run.Trainer.Save());
            Assert.Throws<InvalidOperationException>(() => run.Trainer.Evaluate());
            Assert.Throws<InvalidOperationException>(run.Trainer.UseAverage);
        }

        Assert.Equal(trained, run.Weights());
        Assert.True(trained.Zip(average).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-3);
        Assert.True(expected.Zip(average).Max(pair => Math.Abs(pair.First - pair.Second)) < 2e-6);

        using var alone = new PretrainingRun(without, Options(without, steps: 20) with { AverageDecay = 0 });
        alone.Trainer.Train();
        Assert.Equal(alone.Weights(), trained);
        Assert.Contains("AverageDecay is 0", Assert.Throws<InvalidOperationException>(alone.Trainer.UseAverage).Message);
    }

    [Fact]
    public void Both_are_evaluated_and_folders_hold_the_one_that_is_there()
    {
        using TemporaryFolder folder = new();
        var recorder = new PretrainingRecorder();
        using (var run = new PretrainingRun(folder, Options(folder, steps: 12), recorder))
        {
            run.Trainer.Train();
            run.Trainer.UseAverage(); // for good
            run.Model.Generator.SavePretrained(folder.File("generator"));
            run.Trainer.Dispose();
            float[] kept = run.Weights();
            using var state = SafetensorsReader.Open(folder.File("run", "checkpoints", "step-000012", "state.safetensors"));
            Assert.Equal(kept, Read(state, run.Model, "average."));
            Assert.NotEqual(kept, Read(state, run.Model, "parameters."));
            using var scope = NewDisposeScope();
            using ElectraForMaskedLM saved = ElectraForMaskedLM.FromPretrained(folder.File("generator"));
            Tensor word = state.ReadTensor("average.generator.electra.embeddings.word_embeddings.weight");
            Assert.True(word.eq(saved.Electra.Embeddings.WordEmbeddings).all().item<bool>());
        }

        EvaluationReport report = Assert.Single(recorder.Evaluations).Report;
        EvaluationReport averaged = Assert.IsType<EvaluationReport>(report.Averaged);
        Assert.NotEqual(report.Detection!.DiscriminatorLoss, averaged.Detection!.DiscriminatorLoss);
        JsonNode line = File.ReadLines(folder.File("run", "metrics.jsonl")).Select(text => JsonNode.Parse(text)!).Single(text => (string?)text["kind"] == "evaluation");
        Assert.Equal((report.Detection.DiscriminatorLoss, averaged.Detection.DiscriminatorLoss),
            ((double)line["discriminator_loss"]!, (double)line["averaged_discriminator_loss"]!));

        // the same figures from the average as plain weights
        using TemporaryFolder plain = new();
        using var same = new PretrainingRun(plain, Options(plain, steps: 12) with { AverageDecay = 0 }, prepare: model =>
        {
            using var state = SafetensorsReader.Open(folder.File("run", "checkpoints", "step-000012", "state.safetensors"));
            foreach (var (name, parameter) in model.NamedParameters()) state.CopyInto($"average.{name}", parameter);
        });
        Assert.Equal(averaged.Detection, same.Trainer.Evaluate()!.Detection);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_stopped_run_goes_on_with_the_same_average_and_one_without_is_refused(int stopAt)
    {
        using TemporaryFolder whole = new(), parted = new();
        float[] expected = Average(whole, Options(whole, steps: 8), out EvaluationReport evaluation);
        PretrainingOptions options = Options(parted, steps: 8);
        using (var run = new PretrainingRun(parted, options))
        {
            for (int i = 0; i < stopAt; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        Assert.Contains("AverageDecay is 0 now, but was 0.6", Assert.Throws<ArgumentException>(() => new PretrainingRun(parted, options with { AverageDecay = 0 })).Message);
        Assert.Equal(expected, Average(parted, options, out EvaluationReport again, scramble: true));
        Assert.Equal(evaluation, again);

        using TemporaryFolder other = new();
        using (var run = new PretrainingRun(other, Options(other, steps: 8) with { AverageDecay = 0 })) run.Trainer.Save();
        Assert.Contains("AverageDecay is 0.6 now, but was 0", Assert.Throws<ArgumentException>(() => new PretrainingRun(other, Options(other, steps: 8))).Message);
    }

    [Fact]
    public void An_update_that_is_left_out_leaves_the_average_as_it_is()
    {
        using TemporaryFolder folder = new();
        PretrainingOptions options = Options(folder, steps: 8) with { OutputFolder = folder.File("poisoned") };
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, 8);
        using var run = new PoisonedRun(folder.FullPath, options, batch => batch == batches[2] ? Poison.GradientAlone : Poison.None);
        float[] Averaged()
        {
            using (run.Trainer.UseAverage()) return run.Weights();
        }

        run.Trainer.Step();
        run.Trainer.Step();
        float[] before = Averaged();
        run.Trainer.Step();
        Assert.Equal(before, Averaged());
        run.Trainer.Step();
        Assert.NotEqual(before, Averaged());
        Assert.All(Averaged(), value => Assert.True(float.IsFinite(value)));
    }

    [SkippableFact]
    public void All_ranks_have_the_same_average()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        mpi.Run(2, AverageOfRank, folder.FullPath).Succeeded();
        Assert.Equal(File.ReadAllBytes(folder.File("average-0")), File.ReadAllBytes(folder.File("average-1")));
        Assert.NotEqual(File.ReadAllBytes(folder.File("average-0")), File.ReadAllBytes(folder.File("weights-0")));
    }

    [Fact]
    public void What_does_not_go_together_is_said()
    {
        Assert.Contains("AverageDecay must be", Assert.Throws<ArgumentException>(() => new PretrainingOptions { AverageDecay = 1 }.Validate()).Message);
        Assert.Contains("AverageDecay does not go with LocalSgd",
            Assert.Throws<ArgumentException>(() => new PretrainingOptions { AverageDecay = 0.9, LocalSgd = new LocalSgdOptions() }.Validate()).Message);
    }

    /// <summary>A rank's program: goes on from where both were, so that rank 1 has its average from rank 0.</summary>
    private static void AverageOfRank(string folder)
    {
        IProcessGroup group = ProcessGroup.Join();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 8, microBatch: 2) with { AverageDecay = Decay, LearningRate = 1e-2 };
        using (var run = new PretrainingRun(folder, options, null, group: group))
        {
            for (int i = 0; i < 4; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (var run = new PretrainingRun(folder, options, null, scramble: group.Rank == 1, group: group))
        {
            run.Trainer.Train();
            File.WriteAllBytes(Path.Combine(folder, $"weights-{group.Rank}"), MemoryMarshal.AsBytes(run.Weights().AsSpan()));
            run.Trainer.UseAverage();
            File.WriteAllBytes(Path.Combine(folder, $"average-{group.Rank}"), MemoryMarshal.AsBytes(run.Weights().AsSpan()));
        }

        group.Leave(0);
    }

    private static float[] Average(TemporaryFolder folder, PretrainingOptions options, out EvaluationReport evaluation, bool scramble = false)
    {
        using var run = new PretrainingRun(folder, options, scramble: scramble);
        evaluation = run.Trainer.Train().Evaluation!;
        using (run.Trainer.UseAverage()) return run.Weights();
    }

    private static float[] Read(SafetensorsReader state, ElectraPretrainingModel model, string prefix)
    {
        using var scope = NewDisposeScope();
        return [.. model.NamedParameters().SelectMany(item => state.ReadTensor(prefix + item.Name).contiguous().view(-1).data<float>().ToArray())];
    }
}
