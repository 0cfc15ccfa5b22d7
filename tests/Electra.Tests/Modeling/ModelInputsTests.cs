using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>What a caller can get wrong is an <see cref="ArgumentException"/> with the argument's name; the fused kernels read memory unchecked.</summary>
public class ModelInputsTests
{
    private static readonly ElectraConfig Config = TinyConfig.Value with { HiddenSize = 32, NumAttentionHeads = 2, IntermediateSize = 48 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_input_on_another_device_is_refused_by_name(bool fused)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForMaskedLM(Config);
        model.Electra.UseFusedKernels = fused;
        Tensor ids = TinyConfig.Ids(2, 6), there = empty([2, 6], ScalarType.Int64, Listing.ShapesOnly);
        Tensor embeds = empty([2, 6, Config.EmbeddingSize], ScalarType.Float32, Listing.ShapesOnly);
        Refused("inputIds", () => model.forward(there));
        Refused("attentionMask", () => model.forward(ids, there));
        Refused("tokenTypeIds", () => model.forward(ids, null, there));
        Refused("positionIds", () => model.forward(ids, null, null, there));
        Refused("inputsEmbeds", () => model.forward(null, inputsEmbeds: embeds));
        Refused("maskedPositions", () => model.forwardAt(ids, null, null, there));
        Refused("inputIds", () => model.forwardAt(there, null, null, ids % 6));
        string message = Refused("inputIds", () => model.Electra.forward(there));
        Assert.Contains("cpu", message, StringComparison.Ordinal);
        Assert.Contains("meta", message, StringComparison.Ordinal);

        using var elsewhere = new ElectraForMaskedLM(Config, Listing.ShapesOnly);
        Refused("inputIds", () => elsewhere.forward(ids));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_shape_or_type_is_refused_by_name(bool fused)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForMaskedLM(Config);
        model.Electra.UseFusedKernels = fused;
        Tensor ids = TinyConfig.Ids(2, 6);
        Refused("inputsEmbeds", () => model.forward(null, inputsEmbeds: zeros([2, 6, Config.EmbeddingSize], ScalarType.Int64)));
        Refused("inputsEmbeds", () => model.forward(null, inputsEmbeds: zeros([2, 6, Config.EmbeddingSize], ScalarType.Float64)));
        model.forward(null, inputsEmbeds: zeros([2, 6, Config.EmbeddingSize], ScalarType.Float16)).Dispose();
        Refused("positionIds", () => model.forward(ids, positionIds: ids.to(ScalarType.Float32)));
        Refused("tokenTypeIds", () => model.forward(ids, tokenTypeIds: ids.to(ScalarType.Int32)));
        Refused("attentionMask", () => model.forward(ids, ones(2, 7)));
        Refused("attentionMask", () => model.forward(ids, ones(6)));
        Refused("attentionMask", () => model.forward(ids, ones([2, 6], ScalarType.ComplexFloat32)));
        Refused("maskedPositions", () => model.forwardAt(ids, null, null, ids[0]));
        Refused("maskedPositions", () => model.forwardAt(ids, null, null, zeros([2, 3], ScalarType.Int32)));
        Refused("maskedPositions", () => model.forwardAt(ids, null, null, zeros([1, 3], ScalarType.Int64)));
        Refused("maskedPositions", () => model.forwardAt(ids, null, null, zeros([3, 3], ScalarType.Int64)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)] // the first token of the next sequence
    [InlineData(12)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_masked_position_outside_the_sequence_is_refused(long position)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForMaskedLM(Config);
        Tensor ids = TinyConfig.Ids(2, 6), positions = tensor(new[] { 0, position, 5, 5 }).view(2, 2);
        MaskedLMTargets targets = new(zeros(4, ScalarType.Int64), ones(4), empty(4), empty(4), null, null);
        foreach (bool fused in new[] { true, false })
        {
            model.Electra.UseFusedKernels = fused;
            string message = Refused("maskedPositions", () => model.forwardAt(ids, null, null, positions));
            Assert.Contains($"{position}", message, StringComparison.Ordinal);
        }

        Refused("maskedPositions", () => model.LossAt(ids, null, null, positions, targets));
        model.LossAt(ids, null, null, positions.clamp(0, 5), targets).Dispose(); // the last one is a position
    }

    [Theory]
    [InlineData("inputIds")]
    [InlineData("tokenTypeIds")]
    [InlineData("positionIds")]
    public void An_id_outside_its_table_is_refused_with_the_name_of_the_argument(string argument)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        Tensor good = zeros([1, 3], ScalarType.Int64), bad = good - 1;
        Tensor Given(string name) => name == argument ? bad : good;
        foreach (bool fused in new[] { true, false })
        {
            model.UseFusedKernels = fused;
            Refused(argument, () => model.forward(Given("inputIds"), null, Given("tokenTypeIds"), Given("positionIds")));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(50)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 32) + 3)] // a word, if cut to 32 bits
    public void A_target_that_is_no_word_is_refused(long word)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            TargetRefused(dtype, new(tensor(new[] { 49, word, 0 }), ones(3), empty(3), empty(3), null, null), "Ids");
    }

    [Fact]
    public void Targets_of_another_length_type_or_device_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = zeros(3, ScalarType.Int64), weights = ones(3), uniform = zeros(3), samples = zeros(3, ScalarType.Int64);
        TargetRefused(ScalarType.Float32, new(ids[..2], weights, empty(3), empty(3), null, null), "Ids");
        TargetRefused(ScalarType.Float32, new(ids.to(ScalarType.Int32), weights, empty(3), empty(3), null, null), "Ids");
        TargetRefused(ScalarType.Float32, new(zeros([6], ScalarType.Int64)[TensorIndex.Slice(0, null, 2)], weights, empty(3), empty(3), null, null), "Ids"); // with gaps
        TargetRefused(ScalarType.Float32, new(empty(3, ScalarType.Int64, Listing.ShapesOnly), weights, empty(3), empty(3), null, null), "Ids");
        TargetRefused(ScalarType.Float32, new(ids, weights[..2], empty(3), empty(3), null, null), "Weights");
        TargetRefused(ScalarType.Float32, new(ids, weights.to(ScalarType.BFloat16), empty(3), empty(3), null, null), "Weights");
        TargetRefused(ScalarType.Float32, new(ids, weights, empty(3), empty(3), uniform.to(ScalarType.Float64), samples), "Uniform");
        TargetRefused(ScalarType.Float32, new(ids, weights, empty(3), empty(3), uniform, samples[..1]), "Samples");
        TargetRefused(ScalarType.Float32, new(ids, weights, empty(3), empty(3), uniform, null), "Samples");
        TargetRefused(ScalarType.Float32, new(ids, weights, empty(2), empty(3), null, null), "Losses");
        TargetRefused(ScalarType.Float32, new(ids, weights, empty(3), empty(3, ScalarType.Int64), null, null), "Hits");
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(2, 0)]
    public void A_batch_of_nothing_is_refused(int batch, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraModel(Config);
        Refused("inputIds", () => model.forward(zeros([batch, length], ScalarType.Int64)));
        Refused("inputsEmbeds", () => model.forward(null, inputsEmbeds: zeros(batch, length, Config.EmbeddingSize)));
    }

    [Fact]
    public void Choices_with_a_mask_of_another_shape_are_refused_instead_of_read_in_another_order()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new ElectraForMultipleChoice(Config);
        Tensor ids = TinyConfig.Ids(6, 4).view(2, 3, 4);
        Refused("attentionMask", () => model.forward(ids, ones(3, 2, 4)));
        Refused("tokenTypeIds", () => model.forward(ids, null, zeros([2, 12], ScalarType.Int64)));
    }

    [Fact]
    public void Embeddings_on_another_device_are_not_shared()
    {
        using var there = new ElectraEmbeddings(Config, Listing.ShapesOnly);
        Refused("sharedEmbeddings", () => new ElectraModel(Config, sharedEmbeddings: there));
    }

    private static void TargetRefused(ScalarType dtype, MaskedLMTargets targets, string part)
    {
        Tensor features = zeros([3, 16], dtype), table = zeros(50, 16), bias = zeros(50);
        Assert.Contains(part, Refused("targets", () => FusedMaskedLMLoss.Run(features, table, bias, targets)), StringComparison.Ordinal);
        using (no_grad()) Refused("targets", () => FusedMaskedLMLoss.Run(features, table, bias, targets));
    }

    private static string Refused(string argument, Func<IDisposable> call)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(call);
        Assert.Equal(argument, error.ParamName);
        return error.Message;
    }
}
