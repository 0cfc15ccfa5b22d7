using Electra.Pretraining;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>Words that stand in for masked ones at a share of the places, whatever the generator says.</summary>
public class UniformShareTests
{
    private const double Share = 0.3;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void At_the_share_of_the_places_any_word_stands_in_elsewhere_the_generators_which_learns_the_same(bool fused)
    {
        using var scope = NewDisposeScope();
        using IDisposable? noGradient = fused ? null : no_grad();
        using ElectraPretrainingModel model = new(SyntheticCorpus.Config(dropout: 0), new() { Seed = 4 });
        using (no_grad())
        {
            model.Generator.get_parameter("generator_lm_head.bias")!.zero_().index_fill_(0, tensor(new long[] { 98 }), 60); // it always says that
            model.Generator.Electra.Embeddings.WordEmbeddings.zero_();
        }

        const int slots = 30, batch = 1000, words = 95; // without special tokens
        Tensor ids = full([batch, 40], 50, ScalarType.Int64), originals = full([batch, slots], 50, ScalarType.Int64);
        using var random = new Generator(9);
        MaskedBatch rows = new(
            ids, null, null, ids, arange(slots).unsqueeze(0).expand(batch, -1).contiguous(), originals,
            ones(batch, slots), zeros([batch, slots], ScalarType.Int64), ones([batch, 40], ScalarType.Bool))
        {
            SamplingDraws = rand([batch, slots], generator: random),
        };
        float[] before = [.. rows.SamplingDraws.view(-1).data<float>()];
        using MixedProposals mixed = new(new GeneratorProposals(model), new FixedProposals(GeneratorKind.Uniform, ObjectiveLoss.SyntheticWords(), false, CPU), Share);
        Generation generation = mixed.Propose(rows), alone = new GeneratorProposals(model).Propose(rows);
        Assert.Equal(before, rows.SamplingDraws.view(-1).data<float>().ToArray());
        Assert.Equal(fused, generation.LogProbabilities is null);
        Assert.Equal(alone.Loss.item<float>(), generation.Loss.item<float>());
        Assert.Equal(fused, generation.Loss.requires_grad);

        long[] samples = [.. generation.Samples!.contiguous().view(-1).data<long>()], counts = new long[SyntheticCorpus.Words];
        foreach ((int i, float draw) in before.Index())
        {
            if (draw >= Share) Assert.Equal(98, samples[i]);
            else counts[samples[i]]++;
        }

        double drawn = counts.Sum(), expected = drawn / words;
        Assert.InRange(drawn, (Share * before.Length) - 400, (Share * before.Length) + 400); // five deviations
        Assert.Equal(drawn, counts[1] + counts[5..].Sum());
        double statistic = counts.Where((_, id) => id is 1 or >= 5).Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(statistic, words - 1 - (5 * Math.Sqrt(2 * (words - 1))), words - 1 + (5 * Math.Sqrt(2 * (words - 1))));
    }

    [Theory]
    [InlineData(PretrainingObjective.Electra)]
    [InlineData(PretrainingObjective.ReplaceMaskedLM)]
    public void A_run_resumes_to_the_same_bits_and_is_not_the_one_without(PretrainingObjective objective)
    {
        using TemporaryFolder whole = new(), parted = new(), without = new();
        PretrainingOptions Options(TemporaryFolder folder, double share)
        {
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 8, microBatch: 4);
            return options with { Model = options.Model with { Objective = objective, UniformShare = share } };
        }

        float[] Train(TemporaryFolder folder, double share)
        {
            using PretrainingRun run = new(folder, Options(folder, share));
            run.Trainer.Train();
            return run.Weights();
        }

        float[] expected = Train(whole, Share);
        using (PretrainingRun run = new(parted, Options(parted, Share)))
        {
            for (int i = 0; i < 3; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        Assert.Equal(expected, Train(parted, Share));
        Assert.NotEqual(expected, Train(without, 0));
    }

    [Theory]
    [InlineData(PretrainingObjective.MaskedLM, GeneratorKind.Trained)]
    [InlineData(PretrainingObjective.Adversarial, GeneratorKind.Trained)]
    [InlineData(PretrainingObjective.Electra, GeneratorKind.Unigram)]
    [InlineData(PretrainingObjective.Electric, GeneratorKind.Unigram)]
    public void Where_nothing_can_be_mixed_a_share_has_no_effect(PretrainingObjective objective, GeneratorKind kind)
    {
        using var scope = NewDisposeScope();
        float Loss(double share)
        {
            using ElectraPretrainingModel model = new(SyntheticCorpus.Config(dropout: 0), new() { Objective = objective, Generator = kind, UniformShare = share, Seed = 2 });
            return ObjectiveLoss.Of(model, full([4, 30], 50, ScalarType.Int64), null, null, seed: 1).item<float>();
        }

        Assert.Equal(Loss(0), Loss(Share));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_share_out_of_range_is_refused(double share) => Assert.Contains(
        "UniformShare must be from 0 to below 1", Assert.Throws<ArgumentException>(() => new ElectraPretrainingModel(SyntheticCorpus.Config(0), new() { UniformShare = share })).Message,
        StringComparison.Ordinal);
}
