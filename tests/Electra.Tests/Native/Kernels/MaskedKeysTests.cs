using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Native.Kernels;

/// <summary>What a query gives to a key that is masked is 0, not a number so small that processors calculate with it slowly.</summary>
public class MaskedKeysTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 32, float.MinValue)]
    [InlineData(ScalarType.Float32, 21, float.MinValue)]
    [InlineData(ScalarType.Float32, 5, -1e9f)]
    [InlineData(ScalarType.BFloat16, 32, -3.3895313892515355e38f)]
    [InlineData(ScalarType.BFloat16, 21, -3.3895313892515355e38f)]
    public unsafe void Their_share_is_nothing_and_the_others_have_all(ScalarType dtype, int keys, float lowest)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        const int batch = 2, queries = 3, masked = 3;
        Tensor scores = randn([batch, 1, queries, keys], generator: random).to(dtype), shares = empty_like(scores), bias = zeros(batch, keys);
        bias[1].narrow(0, keys - masked, masked).fill_(lowest);
        AttentionSoftmax.Arguments arguments = new()
        {
            Rows = batch * queries,
            Keys = keys,
            RowsPerSequence = queries,
            KeyBias = (float*)Aten.DataPointer(bias),
            Scores = (void*)Aten.DataPointer(scores),
            Probabilities = (void*)Aten.DataPointer(shares),
        };
        if (dtype == ScalarType.BFloat16) AttentionSoftmax.Forward<BFloat16Element>(ref arguments);
        else AttentionSoftmax.Forward<Float32Element>(ref arguments);
        Tensor got = shares.to(ScalarType.Float32), seen = got.gt(Scalars.Of(0));
        Assert.Equal(batch * queries * keys - (queries * masked), seen.sum().item<long>());
        Assert.False(seen[1].narrow(-1, keys - masked, masked).any().item<bool>());
        Assert.Equal(0, (got.sum(-1) - ones(batch, 1, queries)).abs().max().item<float>(), dtype == ScalarType.BFloat16 ? 1e-2 : 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_gradient_of_a_padded_batch_has_numbers_below_the_normal_ones(bool isFused)
    {
        const float smallestNormal = 1.1754944e-38f;
        using var scope = NewDisposeScope();
        using var random = new Generator(6);
        using var model = new ElectraForSequenceClassification(ElectraConfig.Preset("tiny") with { VocabSize = 100 }, seed: 1) { UseFusedKernels = isFused };
        Tensor ids = randint(5, 100, [3, 20], dtype: ScalarType.Int64, generator: random), mask = ones_like(ids);
        mask[1].narrow(0, 4, 16).zero_();
        mask[2].narrow(0, 19, 1).zero_();
        model.forward(ids, mask).sum().backward();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
        {
            if (parameter.grad is not { } gradient) continue;
            Tensor size = gradient.abs();
            Assert.False(size.gt(Scalars.Of(0)).logical_and(size.lt(Scalars.Of(smallestNormal))).any().item<bool>(), name);
        }
    }
}
