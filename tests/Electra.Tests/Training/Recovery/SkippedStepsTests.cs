using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

/// <summary>Updates without a finite loss and gradient, in runs.</summary>
public class SkippedStepsTests
{
    [Fact]
    public void An_update_that_is_left_out_keeps_weights_and_moments_and_is_in_no_figure()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 8, microBatch: 4) with { LogEvery = 4 };
        int[] batches = PoisonedRun.FirstBatches(folder.FullPath, options, 8);
        (float[] Weights, StepReport[] Reports)? first = null;
        foreach (Poison poison in new[] { Poison.LossAlone, Poison.Both, Poison.GradientAlone })
        {
            var told = new RecordedEvents();
            options = options with { OutputFolder = folder.File($"{poison}") };
            using var run = new PoisonedRun(folder.FullPath, options, batch => batch == batches[2] ? poison : Poison.None, told);
            run.Trainer.Step();
            run.Trainer.Step();
            string before = run.Trainer.Save();
            run.Trainer.Step();
            string after = run.Trainer.Save();
            AssertSame(before, after);
            run.Trainer.Train();

            TrainingEvent what = Assert.Single(told.Events);
            Assert.Equal((TrainingEventKind.SkippedSteps, 4L), (what.Kind, what.Step));
            Assert.Equal([("skipped", 1.0), ("in_a_row", 0.0)], what.Figures.Take(2));
            JsonNode[] lines = [.. File.ReadLines(folder.File($"{poison}", "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)];
            JsonNode line = Assert.Single(lines, line => (string?)line["kind"] == "event");
            Assert.Equal(("skipped_steps", 4, 1), ((string?)line["event"], (int)line["step"]!, (int)line["skipped"]!));

            // However it goes wrong, the rest is the same, and nothing of it is in the means.
            StepReport[] reports = [.. told.Reports.Select(report => report with { TokensPerSecond = 0, Elapsed = default, Remaining = null })];
            Assert.Equal([4L, 8L], reports.Select(report => report.Step));
            Assert.All(reports, report => Assert.All(report.Figures(), figure => Assert.True(double.IsFinite(figure.Value), figure.Name)));
            first ??= (run.Weights(), reports);
            Assert.Equal(first.Value.Weights, run.Weights());
            Assert.Equal(first.Value.Reports, reports);
        }

        // The mean of the three that were made.
        var single = new RecordedEvents();
        using var each = new PoisonedRun(
            folder.FullPath, options with { LogEvery = 1, OutputFolder = folder.File("each") }, batch => batch == batches[2] ? Poison.Both : Poison.None, single);
        each.Trainer.Train();
        Assert.Equal([1L, 2, 4, 5, 6, 7, 8], single.Reports.Select(report => report.Step));
        Assert.Equal(single.Reports.Take(3).Average(report => report.Loss), first!.Value.Reports[0].Loss, 1e-4);
        Assert.Equal(single.Reports.Take(3).Average(report => report.GradientNorm), first.Value.Reports[0].GradientNorm, 1e-4);
        Assert.Equal(first.Value.Weights, each.Weights());
    }

    [Fact]
    public void Weights_that_are_no_numbers_for_a_step_leave_no_trace_in_figures_and_moments()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 6) with { LogEvery = 6 };
        options = options with { Model = options.Model with { EmbeddingSharing = EmbeddingSharing.GradientDisentangled } };
        var told = new RecordedEvents();
        using var run = new PretrainingRun(folder, options, told);
        Tensor weight = run.Model.NamedParameters().First(p => p.Name.StartsWith("discriminator.electra.encoder.layer.0.", StringComparison.Ordinal)).Parameter;
        using Tensor kept = weight.detach().clone();
        run.Trainer.StepMade = step =>
        {
            using var _ = no_grad();
            if (step == 2) kept.copy_(weight);
            if (step == 2) weight.fill_(float.NaN);
            if (step == 3) weight.copy_(kept);
        };
        run.Trainer.Train();
        Assert.Equal(TrainingEventKind.SkippedSteps, Assert.Single(told.Events).Kind);
        Assert.All(Assert.Single(told.Reports).Figures(), figure => Assert.True(double.IsFinite(figure.Value), figure.Name));
        Assert.True(run.Weights().All(float.IsFinite));
    }

    [Fact]
    public void A_checkpoint_holds_how_many_were_left_out()
    {
        using TemporaryFolder whole = new(), parted = new();
        PretrainingOptions options = PretrainingRun.Options(whole, steps: 8) with { LogEvery = 5, MaxSkippedSteps = 3 };
        int[] batches = PoisonedRun.FirstBatches(whole.FullPath, options, 8);
        Poison Bad(int batch) => batches.AsSpan(2, 3).Contains(batch) ? Poison.Both : Poison.None;
        using (var run = new PoisonedRun(whole.FullPath, options, Bad))
        {
            var error = Assert.Throws<TrainingDivergedException>(() => run.Trainer.Train());
            Assert.Equal((5L, null), (error.Step, error.LastGoodCheckpoint));
        }

        options = options with { OutputFolder = parted.File("run") };
        using (var run = new PoisonedRun(parted.FullPath, options, Bad))
        {
            for (int i = 0; i < 4; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (var run = new PoisonedRun(parted.FullPath, options, Bad))
        {
            Assert.Equal(4, run.Trainer.StepsDone);
            Assert.Equal(5, Assert.Throws<TrainingDivergedException>(() => run.Trainer.Train()).Step);
        }
    }

    private static void AssertSame(string before, string after)
    {
        using var scope = NewDisposeScope();
        using SafetensorsReader was = SafetensorsReader.Open(Path.Combine(before, "state.safetensors")), now = SafetensorsReader.Open(Path.Combine(after, "state.safetensors"));
        Assert.Equal([0f, 0f], was.ReadTensor("metrics.skipped").data<float>().ToArray());
        Assert.Equal([1f, 1f], now.ReadTensor("metrics.skipped").data<float>().ToArray());
        foreach (string name in was.Entries.Keys.Where(name => name != "metrics.skipped")) // figures, too
            Assert.True(was.ReadTensor(name).eq(now.ReadTensor(name)).all().item<bool>(), name);
    }
}
