using Electra.Checkpoints;
using Electra.Distributed;
using Electra.FineTuning;
using Electra.Pretraining;
using Electra.Tests.FineTuning;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>Two ranks, threads of this process, that train together over the group of NCCL and a stand-in for its functions: against one process.</summary>
public class RankedByNcclTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(null, 0.0)]
    [InlineData(2, 0.1)]
    public void Pretraining_is_what_one_process_does(int? microBatch, double dropout)
    {
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        Pretrained alone = Pretrain(folder, "alone", new SingleProcessGroup(), microBatch, dropout), other = alone, together = alone;
        RankThreads.Run(new NcclStandIn(2), 2, group =>
        {
            Pretrained own = Pretrain(folder, "together", group, microBatch, dropout);
            if (group.Rank == 0) together = own;
            else other = own;
            group.Leave(0);
        });
        Assert.Equal(alone.Figures.Length, together.Figures.Length);
        Assert.Empty(other.Figures);
        Assert.All(alone.Figures.Zip(together.Figures), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First))));
        Assert.InRange(alone.Weights.Zip(together.Weights, (one, two) => Math.Abs(one - two)).Max(), 0, Tolerance);
        Assert.Equal(together.Weights, other.Weights);
    }

    [Fact]
    public void Gradients_in_bfloat16_and_local_SGD_train_both_ranks_alike()
    {
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        Func<PretrainingOptions, PretrainingOptions>[] ways =
        [
            options => options with { DataParallel = new DataParallelOptions { Compression = GradientCompression.BFloat16 } },
            options => options with { LocalSgd = new LocalSgdOptions { Steps = 5 } },
        ];
        foreach ((int index, Func<PretrainingOptions, PretrainingOptions> way) in ways.Index())
        {
            var trained = new Pretrained[2];
            RankThreads.Run(new NcclStandIn(2), 2, group =>
            {
                trained[group.Rank] = Pretrain(folder, $"way-{index}", group, null, 0, way);
                group.Leave(0);
            });
            Assert.Equal(trained[0].Weights, trained[1].Weights);
            Assert.All(trained[0].Weights, weight => Assert.True(float.IsFinite(weight)));
        }
    }

    [Fact]
    public void Fine_tuning_is_what_one_process_does()
    {
        using var folder = new TemporaryFolder();
        TinyEncoder.Write(folder, dropout: 0);
        double[] alone = FineTune(folder, "alone", new SingleProcessGroup()), together = [];
        RankThreads.Run(new NcclStandIn(2), 2, group =>
        {
            double[] figures = FineTune(folder, "together", group);
            if (group.Rank == 0) together = figures;
            group.Leave(0);
        });
        Assert.Equal(alone.Length, together.Length);
        Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        using SafetensorsReader one = SafetensorsReader.Open(folder.File("alone", "model", "model.safetensors"));
        using SafetensorsReader other = SafetensorsReader.Open(folder.File("together", "model", "model.safetensors"));
        foreach (string name in one.Entries.Keys)
        {
            using Tensor expected = one.ReadTensor(name), actual = other.ReadTensor(name);
            Assert.InRange(expected.sub(actual).abs().max().item<float>(), 0, (float)Tolerance);
        }
    }

    [Fact]
    public void A_rank_that_is_lost_ends_the_training_of_the_other()
    {
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        var nccl = new NcclStandIn(2);
        RankThreads.Run(nccl, 2, group =>
        {
            if (group.Rank == 0)
            {
                Assert.Throws<ProcessGroupException>(() => Pretrain(folder, "lost", group, null, 0));
                Assert.True(nccl.HasAborted(0));
                return;
            }

            Assert.Throws<InvalidOperationException>(() => Pretrain(folder, "lost", group, null, 0, stepMade: step =>
            {
                if (step == 7) throw new InvalidOperationException("lost");
            }));
        }, TimeSpan.FromSeconds(2));
    }

    private static Pretrained Pretrain(
        TemporaryFolder folder, string name, IProcessGroup group, int? microBatch, double dropout, Func<PretrainingOptions, PretrainingOptions>? way = null, Action<long>? stepMade = null)
    {
        PretrainingOptions options = PretrainingRun.Options(folder.FullPath, 20, microBatch) with
        {
            OutputFolder = folder.File(name),
            LogEvery = 1,
            EvaluateEvery = 10,
            SaveEvery = 10,
            DataParallel = new DataParallelOptions { BucketBytes = 16_384 }, // several pieces
        };
        var recorder = new PretrainingRecorder();
        using var run = new PretrainingRun(folder.FullPath, way is null ? options : way(options), recorder, dropout, group: group);
        run.Trainer.StepMade = stepMade;
        Assert.True(run.Trainer.Train().Completed);
        IEnumerable<double> figures = recorder.Reports.SelectMany(report => report.Figures().Where(figure => figure.Name is not "tokens_per_second").Select(figure => figure.Value));
        return new Pretrained([.. figures, .. recorder.Evaluations.SelectMany(evaluation => evaluation.Report.Figures().Select(figure => figure.Value))], run.Weights());
    }

    private static double[] FineTune(TemporaryFolder folder, string name, IProcessGroup group)
    {
        var losses = new LossRecorder();
        var options = new FineTuningOptions { LearningRate = 1e-3, BatchSize = 10, Epochs = 2, LogEvery = 1, SaveEvery = 5, SelectBest = true, OutputFolder = folder.File(name) };
        using var trainer = new FineTuningTrainer(folder.File("encoder"), TinyEncoder.Task(), options, observer: losses, group: group);
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.IsComplete);
        return [.. losses.Losses, .. outcome.Evaluation?.Figures().Select(figure => figure.Value) ?? []];
    }

    private sealed record Pretrained(double[] Figures, float[] Weights);

    private sealed class LossRecorder : IFineTuningObserver
    {
        public List<double> Losses { get; } = [];

        public void OnProgress(FineTuningReport report) => Losses.Add(report.Loss);
    }
}
