using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class ElectraModelTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value;
    private static readonly ElectraConfig WithoutDropout = Config with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 };

    [Fact]
    public void A_sequence_longer_than_the_position_table_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.forward(TinyConfig.Ids(1, 41)));
        Assert.Contains("41 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("max_position_embeddings 40", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_of_another_shape_or_dtype_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        Tensor ids = TinyConfig.Ids(2, 6), embeds = randn(2, 6, Config.EmbeddingSize);
        string Message(Action call) => Assert.Throws<ArgumentException>(call).Message;

        Assert.Contains("inputIds must be int64", Message(() => model.forward(ids.to(ScalarType.Int32))), StringComparison.Ordinal);
        Assert.Contains("inputIds must be int64", Message(() => model.forward(ids[0])), StringComparison.Ordinal);
        Assert.Contains("attentionMask must have", Message(() => model.forward(ids, ones(2, 5))), StringComparison.Ordinal);
        Assert.Contains("tokenTypeIds must have", Message(() => model.forward(ids, null, ids[..1])), StringComparison.Ordinal);
        Assert.Contains("positionIds must have", Message(() => model.forward(ids, positionIds: ids[.., ..3])), StringComparison.Ordinal);
        Assert.Contains("not both", Message(() => model.forward(ids, inputsEmbeds: embeds)), StringComparison.Ordinal);
        Assert.Contains("not both", Message(() => model.forward(null)), StringComparison.Ordinal);
        Assert.Contains(
            "inputsEmbeds must be", Message(() => model.forward(null, inputsEmbeds: embeds[.., .., ..5])), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_outside_the_tables_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        Tensor ids = TinyConfig.Ids(1, 4);
        string Message(Action call) => Assert.Throws<ArgumentException>(call).Message;

        Assert.Contains("table of 99 rows", Message(() => model.forward(ids + 90)), StringComparison.Ordinal);
        Assert.Contains("Ids from -1", Message(() => model.forward(zeros_like(ids) - 1)), StringComparison.Ordinal);
        Assert.Contains("table of 2 rows", Message(() => model.forward(ids, tokenTypeIds: ids)), StringComparison.Ordinal);
        Assert.Contains("table of 40 rows", Message(() => model.forward(ids, positionIds: ids)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_parameter_is_made_on_the_models_device()
    {
        using var model = new ElectraForMultipleChoice(Config, Listing.ShapesOnly);
        Assert.All(ParameterListing.Distinct((string.Empty, model)), item => Assert.Equal(DeviceType.META, item.Parameter.device_type));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mask_of_ones_is_no_mask_and_padding_changes_nothing_before_it(bool fusedKernels)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(WithoutDropout, seed: 5) { UseFusedKernels = fusedKernels };
        Tensor ids = TinyConfig.Ids(2, 6);
        Tensor padded = cat([ids, zeros(2, 3, ScalarType.Int64)], 1);
        Tensor mask = cat([ones(2, 6, ScalarType.Int64), zeros(2, 3, ScalarType.Int64)], 1);

        Tensor plain = model.forward(ids);

        IsClose(plain, model.forward(ids, ones_like(ids)), 1e-6);
        IsClose(plain, model.forward(padded, mask)[.., ..6], 1e-5);
        Assert.True((plain - model.forward(padded)[.., ..6]).abs().max().item<float>() > 1e-3, "padding without a mask must show");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bfloat16_compute_stays_near_float32_and_gives_float32_gradients(bool fusedKernels)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(WithoutDropout, seed: 5) { UseFusedKernels = fusedKernels };
        Tensor ids = TinyConfig.Ids(2, 12), mask = ones(2, 12, ScalarType.Int64);
        mask[1, 9..] = 0;
        Tensor exact = model.forward(ids, mask);

        model.ComputeDtype = ScalarType.BFloat16;
        Tensor rounded = model.forward(ids, mask);
        rounded.to(ScalarType.Float32).pow(3).sum().backward();

        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        IsClose(exact, rounded.to(ScalarType.Float32), 0.08);
        Assert.All(
            ParameterListing.Distinct((string.Empty, model)),
            item => Assert.True(
                item.Parameter.grad is { } grad && grad.dtype == ScalarType.Float32 && grad.isfinite().all().item<bool>(), item.Name));
    }

    [Theory]
    [InlineData(true, ScalarType.Float32)]
    [InlineData(false, ScalarType.Float32)]
    [InlineData(true, ScalarType.BFloat16)]
    [InlineData(false, ScalarType.BFloat16)]
    public void A_row_that_may_attend_to_nothing_attends_to_everything_alike(bool fusedKernels, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(WithoutDropout, seed: 5) { UseFusedKernels = fusedKernels, ComputeDtype = dtype };
        Tensor ids = TinyConfig.Ids(2, 8), mask = ones(2, 8, ScalarType.Int64);
        mask[1] = 0;

        ElectraModelOutput states = model.forwardWithStates(ids, mask);

        IsClose(full([3, 8, 8], 1.0 / 8), states.Attentions[0][1].to(ScalarType.Float32), 1e-6);
        Tensor last = model.forward(ids, mask);
        IsClose(
            states.LastHiddenState.to(ScalarType.Float32), last.to(ScalarType.Float32), dtype == ScalarType.Float32 ? 1e-5 : 0.08);
    }

    [Fact]
    public void Only_float32_and_bfloat16_are_compute_types()
    {
        using var model = new ElectraModel(Config);
        Assert.Throws<ArgumentException>(() => model.ComputeDtype = ScalarType.Float16);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dropout_acts_in_training_only(bool fusedKernels)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config, seed: 5) { UseFusedKernels = fusedKernels };
        Tensor ids = TinyConfig.Ids(2, 12);
        Assert.False(model.forward(ids).eq(model.forward(ids)).all().item<bool>());
        model.eval();
        Assert.True(model.forward(ids).eq(model.forward(ids)).all().item<bool>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restarting_the_dropout_stream_repeats_the_masks(bool fusedKernels)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config, seed: 5) { UseFusedKernels = fusedKernels };
        Tensor ids = TinyConfig.Ids(2, 12);
        model.Dropout.Restart(11);
        Tensor first = model.forward(ids);
        model.Dropout.Restart(11);
        Assert.True(first.eq(model.forward(ids)).all().item<bool>());
        model.Dropout.Restart(12);
        Assert.False(first.eq(model.forward(ids)).all().item<bool>());
    }

    [Fact]
    public void The_masked_positions_are_gathered_before_the_head()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForMaskedLM(WithoutDropout, seed: 5);
        Tensor ids = TinyConfig.Ids(3, 9), positions = tensor(new long[] { 1, 8, 0, 0, 4, 4 }).view(3, 2);

        Tensor all = model.forward(ids), some = model.forwardAt(ids, null, null, positions);

        Assert.Equal([3, 2, 99], some.shape);
        IsClose(all.gather(1, positions.unsqueeze(-1).expand(3, 2, 99)), some, 1e-5);
    }

    [Theory]
    [InlineData(true, ScalarType.Float32)]
    [InlineData(false, ScalarType.Float32)]
    [InlineData(true, ScalarType.BFloat16)]
    [InlineData(false, ScalarType.BFloat16)]
    public void A_step_leaves_no_tensor_behind(bool fusedKernels, ScalarType dtype)
    {
        using var model = new ElectraForMaskedLM(Config, seed: 5);
        (model.Electra.UseFusedKernels, model.Electra.ComputeDtype) = (fusedKernels, dtype);
        using Tensor ids = TinyConfig.Ids(3, 9), mask = ones_like(ids);
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using DisposeScope step = NewDisposeScope(); // as a training loop has: custom autograd nodes make tensors in the backward pass
            Loss().backward();
        }

        Tensor Loss()
        {
            using DisposeScope scope = NewDisposeScope();
            return model.forwardAt(ids, mask, null, ids % 9).pow(2).mean().MoveToOuterDisposeScope();
        }
    }

    [Fact]
    public void States_belong_to_the_callers_scope()
    {
        using var model = new ElectraModel(Config, seed: 5);
        using Tensor ids = TinyConfig.Ids(3, 9);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            ElectraModelOutput all = model.forwardWithStates(ids);
            Assert.Equal(3, all.HiddenStates.Count);
            Assert.Equal([3, 3, 9, 9], all.Attentions[1].shape);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Every_supported_activation_is_there_and_is_what_it_says()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor([-1.5f, 0.5f, 20]);
        Dictionary<string, double[]> expected = new()
        {
            ["gelu"] = [-0.100211, 0.345731, 20],
            ["gelu_10"] = [-0.100211, 0.345731, 10],
            ["gelu_accurate"] = [-0.100428, 0.345714, 20],
            ["gelu_fast"] = [-0.100428, 0.345714, 20],
            ["gelu_new"] = [-0.100428, 0.345714, 20],
            ["gelu_python"] = [-0.100211, 0.345731, 20],
            ["gelu_python_tanh"] = [-0.100428, 0.345714, 20],
            ["gelu_pytorch_tanh"] = [-0.100428, 0.345714, 20],
            ["laplace"] = [0, 0.231421, 1],
            ["leaky_relu"] = [-0.015, 0.5, 20],
            ["linear"] = [-1.5, 0.5, 20],
            ["mish"] = [-0.2981, 0.375245, 20],
            ["quick_gelu"] = [-0.108338, 0.350388, 20],
            ["relu"] = [0, 0.5, 20],
            ["relu2"] = [0, 0.25, 400],
            ["relu6"] = [0, 0.5, 6],
            ["sigmoid"] = [0.182426, 0.622459, 1],
            ["silu"] = [-0.273638, 0.311230, 20],
            ["swish"] = [-0.273638, 0.311230, 20],
            ["tanh"] = [-0.905148, 0.462117, 1],
        };
        Assert.Equal(ElectraConfig.SupportedActivations.Order(), expected.Keys.Order());
        foreach ((string name, double[] values) in expected) IsClose(tensor(values).to(ScalarType.Float32), Activations.Get(name)(x), 2e-6);
    }

    [Fact]
    public void The_other_name_of_the_erf_gelu_takes_the_fused_way_too()
    {
        using DisposeScope scope = NewDisposeScope();
        ElectraConfig config = WithoutDropout with { HiddenSize = 32, NumAttentionHeads = 2, IntermediateSize = 48 };
        using ElectraForPreTraining one = new(config, seed: 5), other = new(config with { HiddenAct = "gelu_python" }, seed: 5);
        Assert.True(one.forward(TinyConfig.Ids(2, 6)).eq(other.forward(TinyConfig.Ids(2, 6))).all().item<bool>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_padding_id_every_word_gets_its_gradient(bool fusedKernels)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (int? padding in new int?[] { 0, null, 7 })
        {
            using var model = new ElectraModel(WithoutDropout with { PadTokenId = padding }, seed: 5) { UseFusedKernels = fusedKernels };
            model.forward(arange(10, ScalarType.Int64).view(1, 10)).pow(3).sum().backward();
            Tensor without = model.Embeddings.WordEmbeddings.grad![..10].abs().sum(1).eq(0); // (10)
            Assert.Equal(padding is null ? [] : [(long)padding], without.nonzero().view(-1).data<long>().ToArray());
        }
    }

    private static void IsClose(Tensor expected, Tensor actual, double tolerance) =>
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
}
