using Electra.Checkpoints;
using Electra.Optimization;
using Electra.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Tests.Optimization;

public class FusedAdamWTests
{
    [Fact]
    public void Standard_flavour_agrees_with_the_stock_optimizer()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = FlatParametersTests.Model(), reference = FlatParametersTests.Model();
        reference.load_state_dict(model.state_dict());
        using FlatParameters flat = FlatParametersTests.Lay(model);
        using var optimizer = new FusedAdamW(flat);
        var groups = reference.named_parameters().GroupBy(p => ParameterGroups.IsDecayed(p.name)).Select(
            g => new TorchSharp.Modules.AdamW.ParamGroup(
                g.Select(p => p.parameter), new TorchSharp.Modules.AdamW.Options { weight_decay = g.Key ? 0.01 : 0, eps = 1e-6 }));
        using var stock = optim.AdamW(groups, lr: 0.01, eps: 1e-6);

        for (int step = 0; step < 4; step++)
        {
            Tensor input = randn(5, 7);
            flat.ZeroGradients();
            model.forward(input).square().sum().backward();
            optimizer.Step(0.01);
            stock.zero_grad();
            reference.forward(input).square().sum().backward();
            nn.utils.clip_grad_norm_(reference.parameters(), 1.0);
            foreach (var group in stock.ParamGroups) group.LearningRate = 0.01;
            stock.step();
        }

        foreach (((_, Tensor actual), (_, Tensor expected)) in model.named_parameters().Zip(reference.named_parameters()))
            Assert.True((actual - expected).abs().max().item<float>() < 2e-5);
    }

    [Theory]
    [InlineData(AdamWFlavor.Standard)]
    [InlineData(AdamWFlavor.Google)]
    public void One_update_follows_the_formula_for_every_group(AdamWFlavor flavor)
    {
        using var scope = NewDisposeScope();
        var big = new Parameter(tensor(new[] { 1f, -2f }));
        var small = new Parameter(tensor(new[] { 3f }));
        using var flat = new FlatParameters(
            [("big", big), ("small.bias", small)], name => new ParameterGroup(name == "big" ? 0.5 : 0, name == "big" ? 1 : 0.25));
        using var optimizer = new FusedAdamW(flat, new AdamWOptions { Flavor = flavor, MaxGradientNorm = 1 });
        ((big * tensor(new[] { 3f, -4f })).sum() + (small * 12)).backward(); // norm 13, clipped to 1
        optimizer.Step(0.1, flat.GradientNorm());

        double Expected(double value, double gradient, double rate, double decay)
        {
            double clipped = gradient / 13;
            bool google = flavor == AdamWFlavor.Google;
            double m = google ? 0.1 * clipped : clipped, v = google ? 0.001 * clipped * clipped : clipped * clipped;
            return value - (rate * ((m / (Math.Sqrt(v) + 1e-6)) + (decay * value)));
        }

        Assert.Equal(Expected(1, 3, 0.1, 0.5), big[0].item<float>(), 1e-5);
        Assert.Equal(Expected(-2, -4, 0.1, 0.5), big[1].item<float>(), 1e-5);
        Assert.Equal(Expected(3, 12, 0.025, 0), small[0].item<float>(), 1e-5);
    }

    [SkippableFact]
    public void A_layerwise_update_of_a_classifier_meets_the_reference()
    {
        using var scope = NewDisposeScope();
        string folder = ReferenceData.Fixture("finetune-layerwise");
        using SafetensorsReader weights = SafetensorsReader.Open(Path.Combine(folder, "model.safetensors"));
        using SafetensorsReader gradients = SafetensorsReader.Open(Path.Combine(folder, "grads.safetensors"));
        using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(folder, "google_params_step1.safetensors"));
        using var flat = new FlatParameters(
            gradients.Entries.Keys.Select(name => (name, new Parameter(weights.ReadTensor(name)))),
            ParameterGroups.WithLayerwiseDecay(0.01, 2, 0.8, hasExtraPower: true));
        using var optimizer = new FusedAdamW(flat, new AdamWOptions { Flavor = AdamWFlavor.Google });
        foreach (FlatParameter entry in flat.Entries) gradients.CopyInto(entry.Name, entry.View(flat.Gradients));
        optimizer.Step(0.01);
        Assert.Equal(expected.Entries.Keys.Order(), flat.Entries.Select(e => e.Name).Order());
        Assert.InRange(flat.Entries.Max(e => (expected.ReadTensor(e.Name) - e.View(flat.Values)).abs().max().item<float>()), 0, 2e-6);
    }

    [Theory]
    [InlineData(AdamWFlavor.Standard)]
    [InlineData(AdamWFlavor.Google)]
    public void A_restored_optimizer_goes_on_bit_for_bit(AdamWFlavor flavor)
    {
        using var scope = NewDisposeScope();
        float[] Run(int restartAt)
        {
            var parameter = new Parameter(tensor(new[] { 1f, -2f, 0.5f }));
            FlatParameters flat = new([("weight", parameter)], ParameterGroups.WithDecay(0.01));
            FusedAdamW optimizer = new(flat, new AdamWOptions { Flavor = flavor });
            for (int step = 0; step < 6; step++)
            {
                if (step == restartAt)
                {
                    Dictionary<string, Tensor> state = optimizer.State().ToDictionary(s => s.Name, s => s.Tensor.clone());
                    optimizer.Dispose();
                    optimizer = new FusedAdamW(flat, new AdamWOptions { Flavor = flavor });
                    foreach ((string name, Tensor tensor) in optimizer.State()) tensor.copy_(state[name]);
                }

                flat.ZeroGradients();
                (parameter.square() * tensor(new[] { 0.3f, 0.2f, 0.1f })).sum().backward();
                optimizer.Step(0.01);
            }

            optimizer.Dispose();
            flat.Dispose();
            return parameter.detach().data<float>().ToArray();
        }

        Assert.Equal(Run(restartAt: -1), Run(restartAt: 3));
    }

    [Fact]
    public void A_step_leaks_no_tensor()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = FlatParametersTests.Model();
        using FlatParameters flat = FlatParametersTests.Lay(model);
        using var standard = new FusedAdamW(flat);
        using var google = new FusedAdamW(flat, new AdamWOptions { Flavor = AdamWFlavor.Google });
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        standard.Step(0.1);
        google.Step(0.1);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Constants_out_of_range_are_refused()
    {
        using var flat = new FlatParameters([("p", new Parameter(ones(1)))], ParameterGroups.WithDecay(0));
        Assert.Throws<ArgumentException>(() => new FusedAdamW(flat, new AdamWOptions { Beta1 = 1 }));
        Assert.Throws<ArgumentException>(() => new FusedAdamW(flat, new AdamWOptions { MaxGradientNorm = -1 }));
    }
}
