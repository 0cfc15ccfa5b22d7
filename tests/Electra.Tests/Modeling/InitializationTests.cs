using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class InitializationTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value with { EmbeddingSize = 160, HiddenSize = 288, InitializerRange = 0.03 };

    [Fact]
    public void Every_parameter_starts_from_the_distribution_the_paper_code_gives_it()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForPreTraining(Config, seed: 7);
        foreach ((string name, Parameter parameter) in ParameterListing.Distinct((string.Empty, model)))
        {
            if (name.EndsWith("bias", StringComparison.Ordinal)) Assert.Equal(0, Largest(parameter));
            else if (name.Contains("LayerNorm", StringComparison.Ordinal)) Assert.Equal(0, Largest(parameter - 1));
            else if (name.Contains("_project.", StringComparison.Ordinal) || name.Contains("dense_prediction", StringComparison.Ordinal))
                IsGlorot(name, parameter);
            else IsTruncatedNormal(name, parameter);
        }
    }

    [Fact]
    public void Fine_tuning_heads_start_from_glorot()
    {
        using var model = new ElectraForSequenceClassification(Config, seed: 7);
        var parameters = model.state_dict();
        IsGlorot("dense", parameters["classifier.dense.weight"]);
        IsGlorot("out_proj", parameters["classifier.out_proj.weight"]);
        Assert.Equal(0, Largest(parameters["classifier.out_proj.bias"]));
    }

    [Fact]
    public void A_seed_gives_the_same_weights_again_and_another_seed_others()
    {
        using var first = new ElectraForMaskedLM(TinyConfig.Value, seed: 3);
        using var again = new ElectraForMaskedLM(TinyConfig.Value, seed: 3);
        using var other = new ElectraForMaskedLM(TinyConfig.Value, seed: 4);
        var (a, b, c) = (first.state_dict(), again.state_dict(), other.state_dict());
        Assert.All(a, entry => Assert.True(entry.Value.eq(b[entry.Key]).all().item<bool>(), entry.Key));
        Assert.All(
            a.Where(entry => entry.Key.EndsWith("dense.weight", StringComparison.Ordinal)),
            entry => Assert.False(entry.Value.eq(c[entry.Key]).all().item<bool>(), entry.Key));
    }

    [Fact]
    public void The_global_generator_is_left_alone()
    {
        using Tensor before = Generator.Default.get_state();
        using (new ElectraForPreTraining(TinyConfig.Value, seed: 3))
        {
            using Tensor after = Generator.Default.get_state();
            Assert.True(before.eq(after).all().item<bool>());
        }
    }

    [Fact]
    public void A_scope_around_construction_does_not_end_the_model()
    {
        ElectraForPreTraining model;
        using (NewDisposeScope()) model = new ElectraForPreTraining(TinyConfig.Value);
        using (model)
        {
            using DisposeScope scope = NewDisposeScope();
            Assert.Equal([2, 5], model.forward(TinyConfig.Ids(2, 5)).shape);
        }
    }

    private static void IsTruncatedNormal(string name, Tensor values)
    {
        Assert.True(Largest(values) <= 2 * Config.InitializerRange, name);
        if (values.numel() < 1000) return;
        // A normal cut at two sigma has 0.8796 of its standard deviation and a kurtosis of 2.04 (a uniform one would have 1.8).
        double deviation = values.std().item<float>();
        double kurtosis = values.pow(4).mean().item<float>() / Math.Pow(deviation, 4);
        Assert.InRange(deviation / Config.InitializerRange, 0.8796 * 0.95, 0.8796 * 1.05);
        if (values.numel() > 20_000) Assert.InRange(kurtosis, 2.26, 2.48);
    }

    private static void IsGlorot(string name, Tensor values)
    {
        double bound = Math.Sqrt(6.0 / (values.shape[0] + values.shape[1]));
        Assert.InRange(Largest(values), 0.98 * bound, bound);
        if (values.numel() > 1000) Assert.InRange(values.std().item<float>(), 0.95 * bound / Math.Sqrt(3), 1.05 * bound / Math.Sqrt(3));
        Assert.True(values.min().item<float>() < 0, name);
    }

    private static double Largest(Tensor values) => values.abs().max().item<float>();
}
