using System.Text.RegularExpressions;
using Electra.Configuration;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>Parameters with <c>requires_grad = false</c> are left alone, and the others learn what they would learn beside trained ones.</summary>
public class FrozenParametersTests
{
    private const string Lower = @"discriminator\.electra\.(embeddings|embeddings_project|encoder\.layer\.[01])\.";
    private static readonly Func<string, ParameterGroup> Group = ParameterGroups.WithDecay(0.01);

    // What is frozen, by name: single kinds, parts of a layer, whole layers from below, whole networks.
    public static TheoryData<string> Sets =>
    [
        "word_embeddings", @"embeddings\.LayerNorm\.weight", "position_embeddings|token_type", @"electra\.embeddings\.",
        @"layer\.1\.attention\.self\.(query|key)\.weight", @"layer\.[02]\.attention\.self\.", @"layer\.1\.", "bias", "LayerNorm|layer_norm",
        Lower, @"electra\.(embeddings|embeddings_project|encoder)\.", "discriminator_predictions", @"dense_prediction\.|lm_head",
        @"^generator\.", @"^discriminator\.(electra\.enc|discr)", "weight",
    ];

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_others_get_the_gradient_that_they_get_beside_trained_ones(string frozen)
    {
        using var scope = NewDisposeScope();
        foreach (double generator in new[] { 0.5, 0.3 }) // fused layers; composed ones, 19 wide
        {
            foreach (EmbeddingSharing sharing in new[] { EmbeddingSharing.All, EmbeddingSharing.None })
            {
                using ElectraPretrainingModel reference = Model(sharing, generator);
                Learn(reference);
                Dictionary<string, Tensor> expected = reference.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter.grad!);
                double all = Math.Sqrt(expected.Values.Sum(gradient => Math.Pow(gradient.norm().item<float>(), 2)));
                foreach ((bool flat, bool recompute) in new[] { (false, false), (true, false), (true, true) })
                {
                    using ElectraPretrainingModel model = Model(sharing, generator);
                    (model.Generator.Electra.RecomputeActivations, model.Discriminator.Electra.RecomputeActivations) = (recompute, recompute);
                    string[] names = Freeze(model, frozen);
                    Assert.NotEmpty(names);
                    using FlatParameters? parameters = flat ? model.Networks.Flatten(Group) : null;
                    Learn(model);
                    foreach ((string name, Parameter parameter) in model.NamedParameters())
                    {
                        if (names.Contains(name))
                        {
                            Assert.True(parameter.grad is null, $"{name} is frozen and has a gradient");
                            continue;
                        }

                        Tensor gradient = expected[name];
                        (float size, float difference) = (gradient.norm().item<float>(), (gradient - parameter.grad!).norm().item<float>());
                        Assert.True(difference <= (1e-5 * size) + (1e-8 * all), $"{name}: {difference} of {size}");
                    }

                    if (parameters is not null) Assert.Equal(model.NamedParameters().Count - names.Length, parameters.Entries.Count);
                }
            }
        }
    }

    [Theory]
    [InlineData(AdamWFlavor.Standard)]
    [InlineData(AdamWFlavor.Google)]
    public void A_run_leaves_every_bit_of_them_and_trains_the_others(AdamWFlavor flavor)
    {
        using TemporaryFolder folder = new();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 3) with { Optimizer = new AdamWOptions { Flavor = flavor } };
        using var run = new PretrainingRun(folder, options, prepare: model => Freeze(model, @"embeddings\.|encoder\.layer\.0\.|bias"));
        using var scope = NewDisposeScope();
        (string Name, Parameter Parameter, Tensor Before)[] all = [.. run.Model.NamedParameters().Select(p => (p.Name, p.Parameter, p.Parameter.detach().clone()))];
        run.Trainer.Train();
        Assert.Equal(all.Where(p => p.Parameter.requires_grad).Sum(p => p.Parameter.numel()), run.Trainer.ParameterCount);
        Assert.All(all, p => Assert.True(p.Parameter.requires_grad != p.Parameter.eq(p.Before).all().item<bool>(), p.Name));
    }

    [Fact]
    public void A_stopped_run_goes_on_bit_for_bit_and_brings_the_frozen_weights_back_too()
    {
        using TemporaryFolder whole = new(), parted = new();
        void Prepare(ElectraPretrainingModel model) => Freeze(model, Lower);
        float[] reference;
        using (var run = new PretrainingRun(whole, PretrainingRun.Options(whole, steps: 6), prepare: Prepare))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        PretrainingOptions options = PretrainingRun.Options(parted, steps: 6);
        using (var run = new PretrainingRun(parted, options, prepare: Prepare))
        {
            for (int step = 0; step < 3; step++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (var run = new PretrainingRun(parted, options, scramble: true, prepare: Prepare))
        {
            run.Trainer.Train();
            Assert.Equal(reference, run.Weights());
        }
    }

    [Theory]
    [InlineData("nothing at all", "generator_lm_head", "'generator.generator_lm_head.bias' is frozen now, but was trained")]
    [InlineData("generator_lm_head", "nothing at all", "'generator.generator_lm_head.bias' is trained now, but was frozen")]
    [InlineData(@"generator_lm_head|discriminator\.electra\.embeddings\.", "generator_lm_head", "and 2 more")]
    public void A_run_with_other_frozen_parameters_is_refused_by_name(string before, string now, string difference)
    {
        using TemporaryFolder folder = new();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 6);
        using (var run = new PretrainingRun(folder, options, prepare: model => Freeze(model, before)))
        {
            run.Trainer.Step();
            run.Trainer.Save();
        }

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new PretrainingRun(folder, options, prepare: model => Freeze(model, now)));
        Assert.Contains(difference, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Freezing_after_the_trainer_was_made_is_an_error_instead_of_training_on(bool thaws)
    {
        using TemporaryFolder folder = new();
        using var run = new PretrainingRun(
            folder, PretrainingRun.Options(folder, steps: 6), prepare: model => Freeze(model, thaws ? "generator_lm_head" : "nothing at all"));
        run.Model.NamedParameters().Single(p => p.Name == "generator.generator_lm_head.bias").Parameter.requires_grad = thaws;
        string message = Assert.Throws<InvalidOperationException>(run.Trainer.Step).Message;
        Assert.Contains("'generator.generator_lm_head.bias'", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_backward_pass_ends_above_frozen_lower_layers()
    {
        using var scope = NewDisposeScope();
        int Products(string frozen)
        {
            using ElectraPretrainingModel model = Model(EmbeddingSharing.None, 0.5);
            model.ComputeDtype = ScalarType.BFloat16; // products that the trace always shows
            Freeze(model, frozen);
            using FlatParameters parameters = model.Networks.Flatten(Group);
            Tensor loss = Forward(model);
            return OperatorTrace.Of(() => loss.backward()).Count(name => name is "aten::mm" or "aten::bmm");
        }

        // A layer goes back through 8 products with matrices and 4 within its heads, the projection below through 2.
        int all = Products("nothing at all");
        Assert.Equal(all - (2 * 12) - 2, Products(Lower));
        Assert.Equal(all - (3 * 12) - 2 - 1, Products(@"discriminator\.electra\.")); // 1: the head's, down to the encoder
    }

    private static string[] Freeze(ElectraPretrainingModel model, string pattern)
    {
        string[] names = [.. model.NamedParameters().Select(p => p.Name).Where(name => Regex.IsMatch(name, pattern))];
        foreach ((string name, Parameter parameter) in model.NamedParameters()) parameter.requires_grad = !names.Contains(name);
        return names;
    }

    private static void Learn(ElectraPretrainingModel model)
    {
        using var scope = NewDisposeScope();
        Forward(model).backward();
    }

    private static Tensor Forward(ElectraPretrainingModel model)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(31);
        Tensor ids = randint(5, SyntheticCorpus.Words, [4, 24], generator: generator), types = arange(24).ge(12).expand(4, 24).to(ScalarType.Int64);
        model.Networks.RestartDropout(5, 0, 0);
        return ObjectiveLoss.Of(model, ids, null, types, seed: 7).MoveToOuterDisposeScope();
    }

    private static ElectraPretrainingModel Model(EmbeddingSharing sharing, double generator)
    {
        ElectraConfig config = SyntheticCorpus.Config() with { HiddenSize = 64, NumAttentionHeads = 2, IntermediateSize = 96, NumHiddenLayers = 3 };
        return new ElectraPretrainingModel(config, new() { EmbeddingSharing = sharing, GeneratorSize = generator, Seed = 4 });
    }
}
