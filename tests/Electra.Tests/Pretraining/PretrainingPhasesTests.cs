using Electra.Data;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Pretraining;

public class PretrainingPhasesTests
{
    [Fact]
    public void Each_phase_trains_reports_and_evaluates_at_its_own_length_and_batch()
    {
        using var folder = new TemporaryFolder();
        var seen = new PretrainingRecorder();
        using var run = new PretrainingRun(folder, Phased(folder) with { LogEvery = 1, EvaluateEvery = 2 }, seen);
        run.Trainer.Train();
        Assert.Equal(
            [(24, 4), (24, 4), (24, 6), (24, 6), (24, 8), (24, 8), (40, 4), (40, 4), (40, 4), (40, 4)],
            seen.Reports.Select(report => (report.SequenceLength, report.BatchSize)));
        Assert.Equal([0.1, 0.5, 1], new[] { 0, 4, 9 }.Select(report => seen.Reports[report].Progress));

        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), Phased(folder).Data);
        Assert.Equal(
            [data.HeldOut.ExampleCount, data.HeldOut.ExampleCount, data.HeldOutAt(40).ExampleCount],
            new[] { 0, 2, 4 }.Select(evaluation => seen.Evaluations[evaluation].Report.Examples));
        string[] lines = File.ReadAllLines(folder.File("run", "metrics.jsonl"));
        Assert.Contains(lines, line => line.Contains("\"sequence_length\":40,\"batch_size\":4", StringComparison.Ordinal));
        Assert.Equal(3, lines.Count(line => line.Contains("\"evaluation\"", StringComparison.Ordinal)
            && line.Contains("\"sequence_length\":24", StringComparison.Ordinal)));
    }

    [Fact]
    public void Epochs_count_the_text_that_was_seen_whatever_the_length()
    {
        using var folder = new TemporaryFolder();
        var seen = new PretrainingRecorder();
        using var run = new PretrainingRun(folder, Phased(folder) with { LogEvery = 1 }, seen);
        run.Trainer.Train();
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), Phased(folder).Data);
        double expected = 0;
        foreach (StepReport report in seen.Reports)
        {
            expected += (double)report.BatchSize / data.TrainingAt(report.SequenceLength).ExampleCount;
            Assert.Equal(expected, report.Epoch, 9);
        }
    }

    [Fact]
    public void A_phase_of_another_length_begins_a_new_epoch_and_one_of_the_same_length_goes_on()
    {
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), Phased(folder).Data);
        RunPhase[] phases = [new(0, 24, 8, 8), new(0.2, 24, 4, 4), new(0.4, 40, 4, 4), new(0.6, 24, 4, 4)];
        var expected = new (int Length, DataPosition Start)[]
        {
            (24, new(0, 0)), (24, new(0, 8)), (40, new(1, 0)), (24, new(2, 0)),
        };
        var state = new RunPosition();
        long before = TorchSharp.torch.Tensor.TotalCount;
        using (var batches = new RunBatches(data, phases, state, pinned: false))
        {
            foreach ((int phase, (int length, DataPosition start)) in expected.Index())
            {
                using TokenBatch batch = batches.Next(new StepPlan(phase, length, phases[phase].BatchSize, 4, 0));
                using TokenBatch direct = data.TrainingAt(length).ReadBatch(start, phases[phase].BatchSize);
                Assert.Equal(direct.InputIds.data<long>().ToArray(), batch.InputIds.data<long>().ToArray());
                state.Position = batch.Next;
            }
        }

        Assert.Equal(before, TorchSharp.torch.Tensor.TotalCount); // batches read ahead are freed when a phase or a size ends
    }

    [Fact]
    public void A_ramped_update_is_the_update_of_a_run_with_batches_of_that_size()
    {
        using TemporaryFolder ramped = new(), small = new();
        PretrainingOptions options = PretrainingRun.Options(ramped, steps: 4, microBatch: 2);
        float[] actual = AfterAStep(ramped, options with { BatchRamp = new BatchRamp { InitialBatchSize = 4, Share = 0.5 } });
        options = PretrainingRun.Options(small, steps: 4, microBatch: 2);
        Assert.Equal(AfterAStep(small, options with { Data = options.Data with { BatchSize = 4 } }), actual);
    }

    [Fact]
    public void One_phase_that_says_what_the_data_says_changes_nothing()
    {
        using TemporaryFolder plain = new(), phased = new();
        float[] expected = AfterAStep(plain, PretrainingRun.Options(plain, steps: 2));
        var phase = new TrainingPhase { Share = 1, SequenceLength = 24 };
        Assert.Equal(expected, AfterAStep(phased, PretrainingRun.Options(phased, steps: 2) with { Phases = [phase] }));
    }

    [Fact]
    public void A_phase_longer_than_the_positions_is_refused_by_its_number()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = Phased(folder);
        options = options with
        {
            Phases = [options.Phases[0], options.Phases[1] with { SequenceLength = 41 }],
            Data = options.Data with { SequenceLength = 500 }, // not used with phases
        };
        Assert.Contains("41 of phase 2 exceeds the model's 40 positions",
            Assert.Throws<ArgumentException>(() => new PretrainingRun(folder, options)).Message);
    }

    /// <summary>Ten updates: a ramp over four, 24 positions for six, then 40.</summary>
    internal static PretrainingOptions Phased(TemporaryFolder folder)
    {
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 10, microBatch: 2);
        return options with
        {
            Phases =
            [
                new TrainingPhase { Share = 0.6, SequenceLength = 24 },
                new TrainingPhase { Share = 0.4, SequenceLength = 40, BatchSize = 4, MicroBatchSize = 4 },
            ],
            BatchRamp = new BatchRamp { InitialBatchSize = 4, Share = 0.4 },
        };
    }

    private static float[] AfterAStep(TemporaryFolder folder, PretrainingOptions options)
    {
        using var run = new PretrainingRun(folder, options);
        run.Trainer.Step();
        return run.Weights();
    }
}
