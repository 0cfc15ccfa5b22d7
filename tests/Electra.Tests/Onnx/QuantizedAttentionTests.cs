using Electra.Modeling;
using Electra.Onnx;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>Attention in 8 bits attends as in float32, to the tokens that the mask allows.</summary>
public sealed class QuantizedAttentionTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IDisposable _noGradient = no_grad();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _noGradient.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void It_is_as_near_as_without()
    {
        using ElectraModel model = Sharp();
        foreach ((Tensor ids, Tensor? mask, Tensor? types) in Batches.Of(model.Config))
        {
            Tensor expected = model.forward(ids, mask, types);
            double with = Off(model, true, expected, ids, mask, types), without = Off(model, false, expected, ids, mask, types);
            output.WriteLine($"{ids.size(0)} x {ids.size(1)}: off by {with:G3}, by {without:G3} where attention is in float32, of {expected.abs().max().item<float>():G3}");
            Assert.True(with < 2 * without);
        }
    }

    // In each row other tokens are masked, the first as well: what stands there must not show where they are not.
    [Fact]
    public void What_is_masked_is_not_attended_to()
    {
        using ElectraModel model = Sharp();
        Tensor ids = TinyConfig.Ids(3, 12), mask = ones_like(ids), others = ids.clone();
        mask[0, TensorIndex.Slice(5)] = tensor(0L);
        mask[1, TensorIndex.Slice(0, 4)] = tensor(0L);
        mask[2, TensorIndex.Slice(3, 9, 2)] = tensor(0L);
        others[mask.eq(tensor(0L))] = tensor(7L);
        using OnnxRun run = Export(model, true);
        Tensor attended = mask.unsqueeze(-1).to(ScalarType.Float32);
        double Differs(Tensor one, Tensor other) => ((one - other) * attended).abs().max().item<float>();
        Tensor expected = model.forward(ids, mask), one = run.Run(ids, mask)[0], other = run.Run(others, mask)[0], whole = run.Run(others)[0];
        output.WriteLine($"{Differs(one, other):G3} by what is masked, {Differs(one, expected):G3} by rounding, {Differs(other, whole):G3} without the mask");
        Assert.True(Differs(one, other) < 0.15);
        Assert.True(Differs(one, expected) < 0.15);
        Assert.True(Differs(other, whole) > 0.5);
    }

    // Its key stays out as well: else each row's largest share were its own, and beside that the others' round to 0.
    [Fact]
    public void A_masked_word_that_draws_all_attention_leaves_the_others_theirs()
    {
        const long magnet = 7;
        using var model = new ElectraModel(TinyConfig.Value with { NumHiddenLayers = 1, InitializerRange = 0.3 }, seed: 1);
        model.eval();
        Dictionary<string, Tensor> parameters = model.named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter);
        parameters["embeddings.position_embeddings.weight"].zero_();
        Tensor drawn = model.forwardWithStates(tensor([magnet], [1, 1])).HiddenStates[0].flatten(); // (hidden)
        (Tensor query, Tensor key) = (parameters["encoder.layer.0.attention.self.query.bias"], parameters["encoder.layer.0.attention.self.key.weight"]);
        parameters["encoder.layer.0.attention.self.query.weight"].zero_();
        key.zero_();
        for (int head = 0; head < model.Config.NumAttentionHeads; head++)
        {
            key[head * model.Config.HeadSize] = drawn / drawn.dot(drawn);
            query[head * model.Config.HeadSize] = tensor((float)(30 * Math.Sqrt(model.Config.HeadSize))); // the score of the magnet
        }

        Tensor ids = TinyConfig.Ids(2, 9), mask = ones_like(ids);
        foreach ((int row, TensorIndex masked) in new[] { (0, TensorIndex.Slice(6)), (1, TensorIndex.Slice(0, 3)) })
        {
            ids[row, masked] = tensor(magnet);
            mask[row, masked] = tensor(0L);
        }

        using OnnxRun run = Export(model, true);
        Tensor expected = model.forward(ids, mask);
        float off = (run.Run(ids, mask)[0] - expected).abs().max().item<float>(), whole = (model.forward(ids) - expected).abs().max().item<float>();
        output.WriteLine($"off by {off:G3}; what the magnet would change: {whole:G3}");
        Assert.True(off < 0.3);
        Assert.True(whole > 1);
    }

    [Fact]
    public void A_text_that_may_attend_to_nothing_attends_to_all_alike_as_in_float32()
    {
        using ElectraModel model = Sharp();
        Tensor ids = TinyConfig.Ids(2, 9), none = zeros_like(ids), one = ones_like(ids);
        one[1] = tensor(0L);
        foreach (Tensor mask in new[] { none, one })
        {
            using OnnxRun run = Export(model, true);
            AssertNear(model.forward(ids, mask), run.Run(ids, mask)[0]);
        }
    }

    // Their mask is one of a longer batch.
    [Fact]
    public void Choices_are_as_near()
    {
        using var chooser = new ElectraForMultipleChoice(TinyConfig.Value with { InitializerRange = 0.3 }, seed: 2);
        chooser.eval();
        Tensor ids = TinyConfig.Ids(6, 9).view(2, 3, 9), mask = ones_like(ids);
        mask[1, 2, TensorIndex.Slice(5)] = tensor(0L);
        chooser.ExportOnnx(_folder.File("model.onnx"), Options(true));
        using var run = new OnnxRun(_folder.File("model.onnx"));
        AssertNear(chooser.forward(ids, mask), run.Run(ids, mask)[0]);
        Assert.Equal([2, 3], run.Run(ids, mask)[0].shape);
    }

    // Nothing has a range then.
    [Fact]
    public void Weights_of_zero_are_no_division_by_it()
    {
        using ElectraModel model = Sharp();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
            if (name.Contains(".self.", StringComparison.Ordinal)) parameter.zero_();
        Tensor ids = TinyConfig.Ids(2, 9);
        using OnnxRun run = Export(model, true);
        AssertNear(model.forward(ids), run.Run(ids)[0]);
    }

    [Fact]
    public void The_session_makes_one_operator_of_each_product_with_its_scales()
    {
        using ElectraModel model = Sharp();
        string optimized = _folder.File("optimized.onnx");
        using OnnxRun run = Export(model, true, optimized);
        string text = File.ReadAllText(optimized, System.Text.Encoding.Latin1);
        int Count(string name) => text.Split($"\"{(char)name.Length}{name}").Length - 1;
        int layers = model.Config.NumHiddenLayers; // beside them the embeddings are projected
        Assert.Equal((5 * layers, (3 * layers) + 1, 0), (Count("MatMulIntegerToFloat"), Count("DynamicQuantizeMatMul"), Count("MatMulInteger")));
        Assert.Equal((0, 0), (Count("MatMul"), Count("FusedMatMul")));
    }

    [Fact]
    public void A_last_layer_for_the_first_token_alone_keeps_float32()
    {
        using var model = new ElectraForSequenceClassification(TinyConfig.Value with { NumHiddenLayers = 1 }, seed: 3);
        model.eval();
        byte[] with = Bytes(model, true), without = Bytes(model, false);
        Assert.Equal(without, with);
        using var deeper = new ElectraForSequenceClassification(TinyConfig.Value, seed: 3);
        deeper.eval();
        Assert.Equal((18, 21), (OperatorSet(with), OperatorSet(Bytes(deeper, true))));
    }

    // The last field of a file but for notes: an entry without a domain.
    private static int OperatorSet(byte[] file)
    {
        ReadOnlySpan<byte> entry = [0x42, 0x04, 0x0A, 0x00, 0x10];
        return file[file.AsSpan().LastIndexOf(entry) + entry.Length];
    }

    // Weights large enough that tokens attend to some others and not to most.
    private static ElectraModel Sharp()
    {
        var model = new ElectraModel(TinyConfig.Value with { InitializerRange = 0.3 }, seed: 1);
        model.eval();
        return model;
    }

    private void AssertNear(Tensor expected, Tensor got)
    {
        float off = (got - expected).abs().max().item<float>();
        output.WriteLine($"off by {off:G3} of {expected.abs().max().item<float>():G3}");
        Assert.True(off < 0.15);
    }

    private double Off(ElectraModel model, bool quantizes, Tensor expected, Tensor ids, Tensor? mask, Tensor? types)
    {
        using OnnxRun run = Export(model, quantizes);
        return (run.Run(ids, mask, types)[0] - expected).abs().max().item<float>();
    }

    private OnnxRun Export(ElectraModel model, bool quantizes, string? optimized = null)
    {
        string path = _folder.File("model.onnx");
        model.ExportOnnx(path, Options(quantizes));
        return new OnnxRun(path, optimized);
    }

    private byte[] Bytes(ElectraForSequenceClassification model, bool quantizes)
    {
        string path = _folder.File("model.onnx");
        model.ExportOnnx(path, Options(quantizes));
        return File.ReadAllBytes(path);
    }

    private static OnnxExportOptions Options(bool quantizes) => new() { Weights = OnnxWeights.Int8, QuantizesAttention = quantizes };
}
