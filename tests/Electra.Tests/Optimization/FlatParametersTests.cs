using Electra.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Optimization;

public class FlatParametersTests
{
    [Fact]
    public void Parameters_keep_their_values_and_become_views_at_aligned_offsets()
    {
        using var scope = NewDisposeScope();
        using nn.Module model = Model();
        Dictionary<string, Tensor> before = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
        using FlatParameters flat = Lay(model);

        Assert.Equal(before.Values.Sum(v => v.numel()), flat.ParameterCount);
        Assert.Equal(2, flat.Ranges.Count);
        Assert.Equal(flat.Values.numel(), flat.Ranges.Sum(r => r.Length));
        foreach (FlatParameter entry in flat.Entries)
        {
            Assert.Equal(0, entry.Offset % 16);
            Assert.True(entry.View(flat.Values).equal(before[entry.Name]).all().item<bool>());
        }

        using (no_grad()) flat.Values.fill_(3);
        foreach ((_, Parameter parameter) in model.named_parameters())
        {
            Assert.True(parameter.eq(3).all().item<bool>());
            Assert.True(parameter.requires_grad);
        }
    }

    [Fact]
    public void Backward_accumulates_in_the_flat_gradient_and_it_is_zeroed_at_once()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Model();
        using FlatParameters flat = Lay(model);
        Tensor input = randn(5, 7);
        model.forward(input).square().sum().backward();
        Tensor once = flat.Gradients.clone();
        model.forward(input).square().sum().backward();
        Assert.True(once.norm().item<float>() > 0);
        Assert.True(allclose(once * 2, flat.Gradients));
        Assert.Equal(
            Math.Sqrt(model.parameters().Sum(p => p.grad!.square().sum().item<float>())), flat.GradientNorm().item<float>(), 1e-3);

        flat.ZeroGradients();
        Assert.Equal(0, flat.Gradients.abs().sum().item<float>());
        model.forward(input).square().sum().backward();
        Assert.True(allclose(once, flat.Gradients));
    }

    [Fact]
    public void A_shared_parameter_is_laid_out_once_under_its_first_name_and_receives_both_gradients()
    {
        using var scope = NewDisposeScope();
        var shared = new Parameter(ones(3));
        using var flat = new FlatParameters([("first", shared), ("second", shared)], ParameterGroups.WithDecay(0.01));
        Assert.Equal("first", Assert.Single(flat.Entries).Name);
        ((shared * 2).sum() + (shared * 5).sum()).backward();
        Assert.Equal([7f, 7f, 7f], flat.Entries[0].View(flat.Gradients).data<float>().ToArray());
    }

    [Fact]
    public void Frozen_parameters_stay_out_and_where_they_are()
    {
        using var scope = NewDisposeScope();
        Parameter trained = new(ones(3)), frozen = new(ones(5), requires_grad: false);
        using var flat = new FlatParameters([("frozen", frozen), ("trained", trained)], ParameterGroups.WithDecay(0.01));
        Assert.Equal(("trained", 3, "frozen"), (Assert.Single(flat.Entries).Name, flat.ParameterCount, Assert.Single(flat.Frozen).Name));
        using (no_grad()) flat.Values.fill_(7);
        Assert.Equal((7f, 1f), (trained.max().item<float>(), frozen.max().item<float>()));
        Assert.Null(frozen.grad);
    }

    [Fact]
    public void Wrong_parameters_are_refused_with_their_names()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new FlatParameters([], ParameterGroups.WithDecay(0)));
        Assert.Contains("frozen", Assert.Throws<ArgumentException>(
            () => new FlatParameters([("f", new Parameter(ones(3), requires_grad: false))], ParameterGroups.WithDecay(0))).Message);
        var half = new Parameter(ones(3, ScalarType.BFloat16));
        Assert.Contains("'odd'", Assert.Throws<ArgumentException>(
            () => new FlatParameters([("odd", half)], ParameterGroups.WithDecay(0))).Message);
        Assert.Contains("'same'", Assert.Throws<ArgumentException>(() => new FlatParameters(
            [("same", new Parameter(ones(3))), ("same", new Parameter(ones(3)))], ParameterGroups.WithDecay(0))).Message);
    }

    internal static nn.Module<Tensor, Tensor> Model() => nn.Sequential(
        ("dense", nn.Linear(7, 5)), ("LayerNorm", nn.LayerNorm(5)), ("out", nn.Linear(5, 3)));

    internal static FlatParameters Lay(nn.Module model) =>
        new(model.named_parameters().Select(p => (p.name, p.parameter)), ParameterGroups.WithDecay(0.01));
}
