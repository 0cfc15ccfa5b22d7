using Electra.Configuration;
using Electra.Optimization;
using Electra.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class ElectraPretrainingModelTests
{
    private static readonly int[] Special = [0, 2, 3, 4];

    [Fact]
    public void Joint_loss_of_untrained_networks_is_what_guessing_costs()
    {
        using var scope = NewDisposeScope();
        ElectraConfig config = ElectraConfig.Small with { NumHiddenLayers = 2 };
        using var model = new ElectraPretrainingModel(config);
        using TokenMasker masker = new(new MaskingOptions(), config.VocabSize, 103, [0, 101, 102], CPU);
        Tensor ids = randint(1000, config.VocabSize, [4, 64]);
        using StepRandomness randomness = StepRandomness.Draw(1, 4, 64, CPU);
        using var objective = new ElectraObjective(model, masker);
        ElectraOutput output = objective.Forward(objective.Corrupt(ids, null, null, randomness));
        double guessing = Math.Log(config.VocabSize) + (50 * Math.Log(2)); // 44.98
        Assert.Equal(44.98, guessing, 0.005);
        Assert.Equal(guessing, output.Loss.item<float>(), 1.0);
        Assert.Equal(Math.Log(config.VocabSize), output.MaskedLMLoss.item<float>(), 0.2);
    }

    [Theory]
    [InlineData(0.25, 14_196_219)]
    [InlineData(1.0, 23_122_875)]
    public void Parameters_trained_together_count_as_published(double generatorSize, long count)
    {
        using var scope = NewDisposeScope();
        using var model = new ElectraPretrainingModel(ElectraConfig.Small, new PretrainingModelOptions { GeneratorSize = generatorSize });
        Assert.Equal(count, model.NamedParameters().Sum(p => p.Parameter.numel()));
    }

    [Theory]
    [InlineData(EmbeddingSharing.All, 5)]
    [InlineData(EmbeddingSharing.WordAndPosition, 2)]
    [InlineData(EmbeddingSharing.None, 0)]
    public void Towers_share_the_embeddings_they_should(EmbeddingSharing sharing, int shared)
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model(new PretrainingModelOptions { EmbeddingSharing = sharing });
        int separate = model.Generator.named_parameters().Count() + model.Discriminator.named_parameters().Count();
        Assert.Equal(separate - shared, model.NamedParameters().Count);
    }

    [Fact]
    public void One_set_of_embeddings_receives_the_gradients_of_both_losses()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(double generator, double discriminator)
        {
            ElectraPretrainingModel model = Model(new() { GeneratorLossWeight = generator, DiscriminatorLossWeight = discriminator });
            Run(model).backward();
            return model.Discriminator.Electra.Embeddings.WordEmbeddings.grad!.clone();
        }

        Tensor generator = Gradient(1, 0), discriminator = Gradient(0, 50), both = Gradient(1, 50);
        Assert.True(generator.norm().item<float>() > 0.01);
        Assert.True(discriminator.norm().item<float>() > 0.01);
        Assert.True((both - generator - discriminator).abs().max().item<float>() < 1e-5);
    }

    [Fact]
    public void No_gradient_flows_from_the_discriminator_through_the_samples()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model(new() { EmbeddingSharing = EmbeddingSharing.None, GeneratorLossWeight = 0 });
        using var flat = new FlatParameters(model.NamedParameters(), ParameterGroups.WithDecay(0));
        Run(model).backward();
        foreach (FlatParameter entry in flat.Entries.Where(e => e.Name.StartsWith("generator.", StringComparison.Ordinal)))
            Assert.Equal(0, entry.View(flat.Gradients).abs().max().item<float>());
        Assert.True(flat.GradientNorm().item<float>() > 0);
    }

    [Fact]
    public void A_sample_that_equals_the_original_is_labelled_original()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model();
        MaskedBatch batch = Masked(model);
        ElectraOutput right = Discriminate(model, batch, batch.MaskedOriginalIds);
        Assert.False(right.IsReplaced.any().item<bool>());
        Assert.True(right.ReplacedInputIds.equal(batch.OriginalInputIds).all().item<bool>());
        Tensor others = batch.MaskedOriginalIds.eq(50).to(ScalarType.Int64) + 50;
        ElectraOutput wrong = Discriminate(model, batch, others);
        Assert.Equal(batch.MaskedWeights.sum().item<float>(), wrong.IsReplaced.sum().item<long>());
        Assert.True(wrong.ReplacedInputIds.ne(batch.InputIds).any().item<bool>());
    }

    [Fact]
    public void A_masked_LM_has_one_tower_of_full_size_and_one_loss()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model(new PretrainingModelOptions { Objective = PretrainingObjective.MaskedLM });
        Assert.Equal(32, model.Generator.Electra.Config.HiddenSize);
        Assert.All(model.NamedParameters(), p => Assert.StartsWith("generator.", p.Name, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => model.Discriminator);
        Tensor loss = Run(model);
        Assert.Equal(Math.Log(SyntheticCorpus.Words), loss.item<float>(), 0.5);
        loss.backward();
        Assert.All(model.NamedParameters(), p => Assert.NotNull(p.Parameter.grad));
    }

    [Fact]
    public void Padding_and_unused_slots_count_for_nothing()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model();
        model.Train(false);
        MaskedBatch batch = Masked(model);
        Tensor samples = batch.MaskedOriginalIds + 1;
        float expected = Discriminate(model, batch, samples).Loss.item<float>();
        Tensor junk = where(batch.MaskedWeights.gt(0), batch.MaskedOriginalIds, full_like(batch.MaskedOriginalIds, 77));
        Tensor padding = batch.AttentionMask!.eq(0);
        MaskedBatch noisy = batch with
        {
            MaskedOriginalIds = junk,
            OriginalInputIds = batch.OriginalInputIds.masked_fill(padding, 88),
            InputIds = batch.InputIds.masked_fill(padding, 66),
        };
        float actual = Discriminate(model, noisy, samples).Loss.item<float>();
        Assert.Equal(expected, actual, 1e-4);
    }

    [Fact]
    public void Wrong_options_are_refused_with_their_names() =>
        Assert.Contains("GeneratorSize", Assert.Throws<ArgumentException>(() => Model(new() { GeneratorSize = -1 })).Message);

    [Fact]
    public void Forward_and_backward_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model();
        using var flat = new FlatParameters(model.NamedParameters(), ParameterGroups.WithDecay(0));
        void Step()
        {
            using var inner = NewDisposeScope();
            Run(model).backward();
        }

        Step();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(EmbeddingSharing.All)]
    [InlineData(EmbeddingSharing.None)]
    public void Sinusoidal_positions_have_the_configured_scale_and_neighbours_alike(EmbeddingSharing sharing)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using ElectraPretrainingModel model = Model(new() { EmbeddingSharing = sharing, PositionInitialization = PositionInitialization.Sinusoidal });
        foreach (Tensor table in new[] { model.Discriminator.Electra.Embeddings.PositionEmbeddings, model.Generator.Electra.Embeddings.PositionEmbeddings })
        {
            Assert.Equal(model.Config.InitializerRange, table.square().mean().sqrt().item<float>(), 1e-4);
            Tensor likeness = mm(table, table.t()) / table.square().sum(1); // (positions, positions)
            Assert.True(likeness[10, 11].item<float>() > 0.9 && likeness[10, 30].item<float>() < likeness[10, 11].item<float>());
            Assert.Equal(0, table[0, 0].item<float>(), 1e-6);
        }
    }

    private static ElectraPretrainingModel Model(PretrainingModelOptions? options = null) =>
        new(SyntheticCorpus.Config(dropout: 0), options);

    private static Tensor Run(ElectraPretrainingModel model)
    {
        (Tensor ids, Tensor mask) = Text();
        return ObjectiveLoss.Of(model, ids, mask, null, seed: 7);
    }

    private static ElectraOutput Discriminate(ElectraPretrainingModel model, MaskedBatch batch, Tensor samples)
    {
        using TokenMasker masker = new(new MaskingOptions(), model.Config.VocabSize, 4, Special, CPU);
        using var objective = new ElectraObjective(model, masker);
        return objective.Discriminate(batch, objective.Generate(batch) with { Samples = samples });
    }

    private static MaskedBatch Masked(ElectraPretrainingModel model)
    {
        using TokenMasker masker = new(new MaskingOptions(), model.Config.VocabSize, 4, Special, CPU);
        (Tensor ids, Tensor mask) = Text();
        using StepRandomness randomness = StepRandomness.Draw(7, 6, 40, CPU);
        return masker.Mask(ids, mask, null, randomness);
    }

    private static (Tensor Ids, Tensor Mask) Text()
    {
        using var generator = new Generator(3);
        Tensor ids = randint(5, SyntheticCorpus.Words, [6, 40], generator: generator);
        Tensor lengths = tensor(new long[] { 40, 31, 22, 13, 8, 40 }).unsqueeze(1);
        Tensor mask = arange(40).lt(lengths);
        return (ids.masked_fill(mask.logical_not(), 0), mask.to(ScalarType.Int64));
    }
}
