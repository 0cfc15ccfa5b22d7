using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class RecomputedLayerTests
{
    private static readonly int[] Lengths = [9, 4, 7];

    [Theory]
    [InlineData(false, false, ScalarType.Float32)]
    [InlineData(true, false, ScalarType.Float32)]
    [InlineData(true, true, ScalarType.Float32)]
    [InlineData(true, false, ScalarType.BFloat16)]
    public void Recomputing_gives_the_same_output_and_gradients_with_dropout_on(bool padding, bool packed, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using ElectraModel kept = Model(false), recomputed = Model(true);
        foreach (ElectraModel model in (ElectraModel[])[kept, recomputed]) (model.ComputeDtype, model.PacksTokens) = (dtype, packed);

        Tensor expected = Run(kept, padding), actual = Run(recomputed, padding);
        expected.to(ScalarType.Float32).pow(3).sum().backward();
        actual.to(ScalarType.Float32).pow(3).sum().backward();

        Same(expected, actual);
        foreach (var (reference, item) in Parameters(kept).Zip(Parameters(recomputed)))
        {
            Assert.True(reference.grad!.abs().max().item<float>() > 0);
            Same(reference.grad!, item.grad!);
        }
    }

    [SkippableFact]
    public void Only_a_forward_pass_that_learns_runs_twice()
    {
        using DisposeScope scope = NewDisposeScope();
        using ElectraModel model = Model(true);
        int Gelus(Action action) => OperatorTrace.Of(action).Count(name => name == "aten::gelu");

        Assert.Equal(4, Gelus(() => Run(model, true).sum().backward()));
        Assert.Equal(2, Gelus(() =>
        {
            using IDisposable noGradient = no_grad();
            Run(model, true);
        }));
        Assert.Equal(2, Gelus(() => model.forwardWithStates(TinyConfig.Ids(3, 9)).LastHiddenState.sum().backward()));
    }

    [Fact]
    public void Frozen_parameters_get_no_gradient_and_the_others_theirs()
    {
        using DisposeScope scope = NewDisposeScope();
        using ElectraModel kept = Model(false), recomputed = Model(true);
        foreach (ElectraModel model in (ElectraModel[])[kept, recomputed])
        {
            foreach (var (name, parameter) in model.named_parameters())
                if (name.Contains("intermediate", StringComparison.Ordinal) || name.Contains("embeddings", StringComparison.Ordinal))
                    parameter.requires_grad = false;
            Run(model, true).sum().backward();
        }

        foreach (var (reference, item) in Parameters(kept).Zip(Parameters(recomputed)))
        {
            Assert.Equal(reference.grad is null, item.grad is null);
            if (reference.grad is not null) Same(reference.grad, item.grad!);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Recomputing_leaves_no_tensor_behind(bool packed)
    {
        using ElectraModel model = Model(true);
        model.PacksTokens = packed;
        TensorLeak.AssertNone(() =>
        {
            using DisposeScope step = NewDisposeScope();
            Run(model, true).sum().backward();
        });
    }

    private static ElectraModel Model(bool recompute)
    {
        ElectraConfig config = TinyConfig.Value with { HiddenDropoutProb = 0.2, AttentionProbsDropoutProb = 0.3 };
        return new ElectraModel(config, seed: 5) { UseFusedKernels = false, RecomputeActivations = recompute };
    }

    private static Tensor Run(ElectraModel model, bool padding)
    {
        model.Dropout.Restart(11);
        Tensor ids = TinyConfig.Ids(3, 9);
        if (!padding) return model.forward(ids);
        Tensor mask = arange(9).lt(tensor(Lengths).unsqueeze(1)).to(ScalarType.Int64);
        return model.forward(ids, mask, layout: PackedSequences.Of(Lengths, 9, CPU));
    }

    private static IEnumerable<Tensor> Parameters(ElectraModel model) =>
        ParameterListing.Distinct((string.Empty, model)).Select(item => item.Parameter);

    private static void Same(Tensor expected, Tensor actual) => Assert.True(expected.eq(actual).all().item<bool>());
}
