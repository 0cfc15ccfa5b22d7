using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>
/// An objective that the library does not have, all of it in this file: a discriminator finds words that were drawn at random, without a
/// generator. The loop, reports, evaluation, checkpoints and resuming must know nothing of it.
/// </summary>
public class ThirdObjectiveTests
{
    [Fact]
    public void An_objective_of_one_class_trains_reports_evaluates_and_resumes()
    {
        using TemporaryFolder whole = new(), parted = new();
        var recorder = new PretrainingRecorder();
        float[] expected, actual;
        using (Run run = new(whole, recorder))
        {
            Assert.True(run.Trainer.Train().Completed);
            expected = run.Weights();
        }

        Assert.Equal(40, recorder.Reports[^1].Step);
        double first = recorder.Reports[0].Loss, last = recorder.Reports[^1].Loss;
        Assert.True(last < first - 0.05, $"{first} to {last}");
        Assert.Null(recorder.Reports[^1].Detection);
        var held = (FoundReport)Assert.Single(recorder.Evaluations).Report.Objective;
        Assert.InRange(held.FoundLoss, 0, first);
        Assert.Contains("\"found_loss\":", File.ReadAllText(whole.File("run/metrics.jsonl")), StringComparison.Ordinal);

        using (Run run = new(parted))
        {
            for (int i = 0; i < 13; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (Run run = new(parted))
        {
            Assert.Equal(13, run.Trainer.StepsDone);
            run.Trainer.Train();
            actual = run.Weights();
        }

        Assert.Equal(expected, actual);
    }

    private sealed class Run : IDisposable
    {
        private readonly PretrainingDataset _data;
        private readonly ElectraForPreTraining _network = new(SyntheticCorpus.Config(), seed: 2);

        public Run(TemporaryFolder folder, IPretrainingObserver? observer = null)
        {
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 40, microBatch: 4) with
            {
                LogEvery = 10,
                // What stands in for a chosen word is a random one.
                Masking = new MaskingOptions { MaskProbability = 0.3, MaskTokenFraction = 0, RandomTokenFraction = 1 },
            };
            string shards = folder.File("shards");
            if (!TokenShardManifest.Exists(shards)) SyntheticCorpus.Write(shards);
            _data = PretrainingDataset.Open(shards, options.Data);
            Trainer = new PretrainingTrainer(_network.Config, CPU, masker => new RandomWords(_network, masker), _data, options, observer);
        }

        public PretrainingTrainer Trainer { get; }

        public float[] Weights()
        {
            using var scope = NewDisposeScope();
            return [.. _network.parameters().SelectMany(parameter => parameter.detach().contiguous().view(-1).data<float>().ToArray())];
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _network.Dispose();
            _data.Dispose();
        }
    }

    private sealed record FoundReport(double FoundLoss) : ObjectiveReport
    {
        public override IEnumerable<(string Name, double Value)> Figures() => [("found_loss", FoundLoss)];

        internal override double Loss => FoundLoss;
    }

    private sealed class RandomWords(ElectraForPreTraining network, TokenMasker masker) : IPretrainingObjective
    {
        private readonly Tensor _sum = zeros([]).DetachFromDisposeScope();

        public ElectraConfig Config => network.Config;

        public TrainedNetworks Networks { get; } = new(
            new TrainedNetwork("network", network, RandomSeeds.Purpose.DiscriminatorDropout));

        public IEnumerable<(string Name, Tensor Tensor)> Sums => [("found_loss", _sum)];

        public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws) =>
            masker.Mask(inputIds, attentionMask, tokenTypeIds, draws);

        public Tensor Loss(MaskedBatch rows, LossCounts counts)
        {
            using var scope = NewDisposeScope();
            Tensor loss = Losses(rows).sum() / counts.Tokens;
            using (no_grad()) _sum.add_(loss);
            return loss.MoveToOuterDisposeScope();
        }

        public ObjectiveReport Read(double updates)
        {
            double mean = _sum.item<float>() / updates;
            using (no_grad()) _sum.zero_();
            return new FoundReport(mean);
        }

        public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => new HeldOut(this);

        public void Dispose() => _sum.Dispose();

        private Tensor Losses(MaskedBatch rows)
        {
            using var scope = NewDisposeScope();
            Tensor logits = network.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds);
            return nn.functional.binary_cross_entropy_with_logits(
                logits, rows.InputIds.ne(rows.OriginalInputIds).to(ScalarType.Float32), reduction: nn.Reduction.None).MoveToOuterDisposeScope();
        }

        private sealed class HeldOut(RandomWords objective) : IObjectiveEvaluation
        {
            private double _sum;
            private long _tokens;

            public void Add(MaskedBatch batch, long first)
            {
                _sum += objective.Losses(batch).sum().item<float>();
                _tokens += batch.InputIds.numel();
            }

            public void Gather(IProcessGroup group)
            {
                double[] sums = [_sum, _tokens];
                group.AllReduceSum(sums);
                (_sum, _tokens) = (sums[0], (long)sums[1]);
            }

            public ObjectiveReport Report() => new FoundReport(_sum / _tokens);

            public void Dispose()
            {
            }
        }
    }
}
