using Electra.Configuration;
using Electra.Optimization;
using Electra.Pretraining;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>A flattened model adds to its gradients past autograd; what arrives must be what autograd would have brought.</summary>
public class InPlaceGradientsTests
{
    private static readonly Func<string, ParameterGroup> Group = ParameterGroups.WithDecay(0);

    public static TheoryData<EmbeddingSharing, PretrainingObjective, double, ScalarType> Cases
    {
        get
        {
            TheoryData<EmbeddingSharing, PretrainingObjective, double, ScalarType> cases = [];
            foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            {
                foreach (EmbeddingSharing sharing in Enum.GetValues<EmbeddingSharing>())
                    cases.Add(sharing, PretrainingObjective.Electra, 0.5, dtype); // both towers have fused layers
                cases.Add(EmbeddingSharing.All, PretrainingObjective.Electra, 0.3, dtype); // the generator's, 19 wide, are composed
                cases.Add(EmbeddingSharing.All, PretrainingObjective.MaskedLM, 0.5, dtype);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_gradient_is_what_autograd_gives(EmbeddingSharing sharing, PretrainingObjective objective, double generator, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel plainModel = Model(sharing, objective, generator, dtype), model = Model(sharing, objective, generator, dtype);
        using var plain = new FlatParameters(plainModel.NamedParameters(), Group);
        using FlatParameters inPlace = model.Networks.Flatten(Group);
        for (int update = 0; update < 2; update++) // the second finds buffers of the first, and gradients that were zeroed
        {
            plain.ZeroGradients();
            inPlace.ZeroGradients();
            for (int microBatch = 0; microBatch < 2; microBatch++)
            {
                float expected = Learn(plainModel, update, microBatch), actual = Learn(model, update, microBatch);
                Assert.Equal(expected, actual);
                AssertSame(plain, inPlace);
            }
        }
    }

    [Fact]
    public void Layers_embeddings_and_the_detection_head_are_not_autograds_business()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model(EmbeddingSharing.All, PretrainingObjective.Electra, 0.5, ScalarType.Float32);
        using FlatParameters flat = model.Networks.Flatten(Group);
        IReadOnlyList<(string Name, Parameter Parameter)> parameters = model.NamedParameters();
        foreach ((_, Parameter parameter) in parameters) parameter.grad = null; // what autograd brings would show here
        Learn(model, 0, 0);
        string[] brought = [.. parameters.Where(p => p.Parameter.grad is not null).Select(p => p.Name)];
        Assert.Equal(
            [
                "discriminator.electra.embeddings_project.bias", "discriminator.electra.embeddings_project.weight",
                "generator.electra.embeddings_project.bias", "generator.electra.embeddings_project.weight",
                "generator.generator_predictions.LayerNorm.bias", "generator.generator_predictions.LayerNorm.weight",
                "generator.generator_predictions.dense.bias", "generator.generator_predictions.dense.weight",
            ],
            brought.Order(StringComparer.Ordinal));
        Assert.All(
            flat.Entries.Where(entry => !brought.Contains(entry.Name)),
            entry => Assert.True(entry.View(flat.Gradients).norm().item<float>() > 0, entry.Name));
    }

    [Theory]
    [InlineData(EmbeddingSharing.All)]
    [InlineData(EmbeddingSharing.WordAndPosition)]
    [InlineData(EmbeddingSharing.None)]
    public void A_model_that_learned_leaves_no_tensor_when_it_is_disposed_of(EmbeddingSharing sharing)
    {
        void Run()
        {
            using ElectraPretrainingModel model = Model(sharing, PretrainingObjective.Electra, 0.5, ScalarType.BFloat16);
            using FlatParameters flat = model.Networks.Flatten(Group);
            for (int microBatch = 0; microBatch < 2; microBatch++) Learn(model, 0, microBatch);
            model.Train(false);
            using var noGradient = no_grad();
            Forward(model, 0, 0).Dispose();
        }

        Run();
        // The count of all handles holds what TorchSharp makes a Parameter from, until it is finalized; this one doesn't.
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Run();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_model_that_is_flattened_twice_forgets_the_first_gradients()
    {
        using var scope = NewDisposeScope();
        using ElectraPretrainingModel model = Model(EmbeddingSharing.All, PretrainingObjective.Electra, 0.5, ScalarType.Float32);
        using FlatParameters first = model.Networks.Flatten(Group), second = model.Networks.Flatten(Group);
        Learn(model, 0, 0);
        Assert.Equal(0, first.Gradients.norm().item<float>());
        Assert.All(second.Entries, entry => Assert.True(entry.View(second.Gradients).norm().item<float>() > 0, entry.Name));
    }

    private static void AssertSame(FlatParameters plain, FlatParameters inPlace)
    {
        using var scope = NewDisposeScope();
        float all = plain.GradientNorm().item<float>();
        foreach ((FlatParameter expected, FlatParameter actual) in plain.Entries.Zip(inPlace.Entries))
        {
            Assert.Equal(expected.Name, actual.Name);
            Tensor gradient = expected.View(plain.Gradients);
            (float size, float difference) = (gradient.norm().item<float>(), (gradient - actual.View(inPlace.Gradients)).norm().item<float>());
            Assert.True(size > 0, $"{expected.Name} has no gradient");
            Assert.True(difference <= (1e-5 * size) + (1e-8 * all), $"{expected.Name}: {difference} of {size}");
        }
    }

    private static float Learn(ElectraPretrainingModel model, int update, int microBatch)
    {
        using var scope = NewDisposeScope();
        Tensor loss = Forward(model, update, microBatch);
        loss.backward();
        return loss.item<float>();
    }

    private static Tensor Forward(ElectraPretrainingModel model, int update, int microBatch)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)(31 + microBatch));
        Tensor ids = randint(5, SyntheticCorpus.Words, [4, 24], generator: generator), lengths = tensor(new long[] { 24, 17, 9, 24 }).unsqueeze(1);
        Tensor mask = arange(24).lt(lengths), types = arange(24).ge(12).expand(4, 24).to(ScalarType.Int64);
        model.Networks.RestartDropout(5, update, microBatch);
        return ObjectiveLoss.Of(model, ids.masked_fill(mask.logical_not(), 0), mask.to(ScalarType.Int64), types, seed: 7 + (2 * update) + microBatch)
            .MoveToOuterDisposeScope();
    }

    private static ElectraPretrainingModel Model(EmbeddingSharing sharing, PretrainingObjective objective, double generator, ScalarType dtype)
    {
        ElectraConfig config = SyntheticCorpus.Config() with { HiddenSize = 64, NumAttentionHeads = 2, IntermediateSize = 96, NumHiddenLayers = 3 };
        PretrainingModelOptions options = new() { EmbeddingSharing = sharing, Objective = objective, GeneratorSize = generator, Seed = 4 };
        return new ElectraPretrainingModel(config, options) { ComputeDtype = dtype };
    }
}
