using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class PaddingLayoutTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 };

    [Fact]
    public void Tokens_are_laid_one_after_the_other_and_come_back_among_zeros()
    {
        using DisposeScope scope = NewDisposeScope();
        PackedSequences layout = PackedSequences.Of([2, 0, 3], 4, CPU);
        Tensor padded = arange(1, 25, ScalarType.Float32).view(3, 4, 2);

        Tensor packed = layout.Pack(padded), back = layout.Unpack(packed);

        Assert.Equal([0, 1, 8, 9, 10], layout.Rows.data<long>().ToArray());
        Assert.Equal([0, 2, 2, 5], layout.Offsets.data<int>().ToArray());
        Assert.Equal(3, layout.Longest);
        Assert.Equal([1, 2, 3, 4, 17, 18, 19, 20, 21, 22], packed.data<float>().ToArray());
        Assert.Equal([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 18, 19, 20, 21, 22, 0, 0], back.data<float>().ToArray());
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Contains("4 positions can't hold 5", Assert.Throws<ArgumentException>(() => PackedSequences.Of([2, 5], 4, CPU)).Message);
        Assert.Contains("hold -1", Assert.Throws<ArgumentException>(() => PackedSequences.Of([-1], 4, CPU)).Message);
        Assert.Contains("no token", Assert.Throws<ArgumentException>(() => PackedSequences.Of([0, 0], 4, CPU)).Message);
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config) { PacksTokens = true };
        Tensor ids = TinyConfig.Ids(2, 6);
        var error = Assert.Throws<ArgumentException>(() => model.forward(ids, ones_like(ids), layout: PackedSequences.Of([5, 6], 7, CPU)));
        Assert.Contains("2 x 7 positions, the batch of 2 x 6", error.Message);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.08)]
    public void Layers_on_packed_tokens_compute_what_they_compute_on_padded_ones(ScalarType dtype, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using var padded = new ElectraForMaskedLM(Config, seed: 5);
        using var packed = new ElectraForMaskedLM(Config, seed: 5);
        (packed.Electra.PacksTokens, padded.Electra.ComputeDtype, packed.Electra.ComputeDtype) = (true, dtype, dtype);
        int[] lengths = [6, 11, 1, 11];
        Tensor ids = TinyConfig.Ids(4, 11), mask = arange(11).lt(tensor(lengths).unsqueeze(1)).to(ScalarType.Int64);
        Tensor positions = tensor(new long[] { 0, 5, 3, 10, 0, 0, 7, 2 }).view(4, 2);
        PackedSequences layout = PackedSequences.Of(lengths, 11, CPU);

        Tensor expected = padded.forwardAt(ids, mask, ids % 2, positions), actual = packed.forwardAt(ids, mask, ids % 2, positions, layout);
        Tensor states = packed.Electra.forward(ids, mask, layout: layout);
        expected.pow(2).sum().backward();
        actual.pow(2).sum().backward();

        Assert.Equal(0, states.mul((1 - mask).unsqueeze(-1)).abs().max().to(ScalarType.Float32).item<float>());
        IsClose(expected, actual, tolerance);
        var parameters = ParameterListing.Distinct((string.Empty, padded)).Zip(ParameterListing.Distinct((string.Empty, packed)));
        foreach (var (reference, item) in parameters)
        {
            double scale = Math.Max(1, reference.Parameter.grad!.abs().max().item<float>());
            IsClose(reference.Parameter.grad! / scale, item.Parameter.grad! / scale, tolerance);
        }
    }

    [Fact]
    public void A_layout_changes_nothing_where_padding_is_no_slower()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config, seed: 5);
        Assert.False(model.CanPack);
        Tensor ids = TinyConfig.Ids(2, 6), mask = ones_like(ids);
        mask[0, 4..] = 0;
        Assert.True(model.forward(ids, mask).eq(model.forward(ids, mask, layout: PackedSequences.Of([4, 6], 6, CPU))).all().item<bool>());
    }

    [Fact]
    public void Packing_leaves_no_tensor_behind()
    {
        using var model = new ElectraModel(TinyConfig.Value, seed: 5) { PacksTokens = true };
        using Tensor ids = TinyConfig.Ids(2, 9), mask = ones_like(ids);
        TensorLeak.AssertNone(() =>
        {
            using DisposeScope step = NewDisposeScope();
            model.forward(ids, mask, layout: PackedSequences.Of([4, 9], 9, CPU)).sum().backward();
        });
    }

    private static void IsClose(Tensor expected, Tensor actual, double tolerance) =>
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
}
