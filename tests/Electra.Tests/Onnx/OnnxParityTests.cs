using Electra.Configuration;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Tests.Modeling;
using Electra.Tests.Support;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>What ONNX Runtime says of an exported model is what the model itself says.</summary>
public sealed class OnnxParityTests(ITestOutputHelper output) : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly TemporaryFolder _folder = new();
    private readonly IDisposable _noGradient = no_grad();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _noGradient.Dispose();
        _folder.Dispose();
    }

    // Weights large enough that a wrong activation, mask or table shows.
    private static ElectraConfig Config => TinyConfig.Value with { InitializerRange = 0.3 };

    [Fact]
    public void An_encoder()
    {
        using var model = new ElectraModel(Config, seed: 1);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    [Fact]
    public void A_discriminator()
    {
        using var model = new ElectraForPreTraining(Config, seed: 2);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    [Fact]
    public void A_generator()
    {
        using var model = new ElectraForMaskedLM(Config with { VocabSize = 4000 }, seed: 3);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
        long beside = new FileInfo(_folder.File("model.onnx")).Length - (sizeof(float) * model.parameters().Sum(parameter => parameter.numel()));
        Assert.InRange(beside, 1, sizeof(float) * model.Electra.Embeddings.WordEmbeddings.numel()); // the word table is there once
    }

    [Theory]
    [InlineData(1, HeadStyle.HuggingFace)]
    [InlineData(3, HeadStyle.HuggingFace)]
    [InlineData(3, HeadStyle.Google)]
    public void A_classifier_of_texts(int labels, HeadStyle style)
    {
        using var model = new ElectraForSequenceClassification(Config.WithLabels(labels) with { HeadStyle = style }, seed: 4);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    [Fact]
    public void A_classifier_of_tokens()
    {
        using var model = new ElectraForTokenClassification(Config.WithLabels(5), seed: 5);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    [Fact]
    public void A_question_answerer()
    {
        using var model = new ElectraForQuestionAnswering(Config, seed: 6);
        Spread(model);
        Check(model, (ids, mask, types) =>
        {
            (Tensor starts, Tensor ends) = model.forward(ids, mask, types);
            return [starts, ends];
        });
    }

    [Theory]
    [InlineData(true, "gelu")]
    [InlineData(false, null)]
    public void A_chooser(bool projects, string? activation)
    {
        using var model = new ElectraForMultipleChoice(Config with { SummaryUseProj = projects, SummaryActivation = activation }, seed: 7);
        Spread(model);
        model.eval();
        string path = _folder.File("model.onnx");
        model.ExportOnnx(path);
        using var run = new OnnxRun(path);
        Tensor ids = TinyConfig.Ids(6, 9).view(2, 3, 9), mask = ones_like(ids), types = zeros_like(ids);
        mask[1, 2, 5] = tensor(0L);
        types[0, 1, 7] = tensor(1L);
        AssertClose(model.forward(ids, mask, types), Assert.Single(run.Run(ids, mask, types)), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Every_activation(string name)
    {
        using var model = new ElectraForPreTraining(Config with { HiddenAct = name }, seed: 8);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    public static TheoryData<string> Activations => [.. ElectraConfig.SupportedActivations];

    [Theory]
    [InlineData(0, 16, 1e-12)]
    [InlineData(1, 36, 1e-12)]
    [InlineData(3, 36, 0.1)]
    public void Layers_projection_and_epsilon(int layers, int embedding, double epsilon)
    {
        using var model = new ElectraModel(Config with { NumHiddenLayers = layers, EmbeddingSize = embedding, LayerNormEps = epsilon, TypeVocabSize = 3 }, seed: 9);
        Spread(model);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)]);
    }

    [Fact]
    public void A_text_that_attends_to_nothing_is_no_number_in_no_form()
    {
        using var model = new ElectraModel(Config, seed: 10);
        model.eval();
        Tensor ids = TinyConfig.Ids(2, 6), mask = ones_like(ids);
        mask[1] = tensor(0L);
        foreach (OnnxWeights weights in Enum.GetValues<OnnxWeights>())
        {
            model.ExportOnnx(_folder.File("model.onnx"), new() { Weights = weights });
            using var run = new OnnxRun(_folder.File("model.onnx"));
            Assert.True(run.Run(ids, mask)[0].isfinite().all().item<bool>(), $"{weights}");
        }
    }

    // Of outputs up to 1.3.
    [Fact]
    public void In_float16_it_is_near() =>
        CheckRounded(OnnxWeights.Float16, quantizesWordTable: true, tolerance: 0.005);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_int8_it_is_near_enough(bool quantizesWordTable) =>
        CheckRounded(OnnxWeights.Int8, quantizesWordTable, tolerance: 0.08);

    [Fact]
    public void A_weight_that_float16_lacks_is_refused()
    {
        using var model = new ElectraModel(Config);
        model.Embeddings.WordEmbeddings[5, 3] = tensor(1e6f);
        string path = _folder.File("model.onnx");
        Assert.Contains("word_embeddings", Assert.Throws<InvalidDataException>(() => model.ExportOnnx(path, new() { Weights = OnnxWeights.Float16 })).Message, StringComparison.Ordinal);
        model.Embeddings.WordEmbeddings[5, 3] = tensor(float.NaN);
        Assert.Contains("word_embeddings", Assert.Throws<InvalidDataException>(() => model.ExportOnnx(path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Answers_in_the_style_of_Googles_code_are_refused()
    {
        using var model = new ElectraForQuestionAnswering(Config with { HeadStyle = HeadStyle.Google });
        Assert.Contains("Google", Assert.Throws<NotSupportedException>(() => model.ExportOnnx(_folder.File("model.onnx"))).Message, StringComparison.Ordinal);
    }

    private void CheckRounded(OnnxWeights weights, bool quantizesWordTable, double tolerance)
    {
        OnnxExportOptions options = new() { Weights = weights, QuantizesWordTable = quantizesWordTable };
        using var model = new ElectraForMaskedLM(TinyConfig.Value with { InitializerRange = 0.1 }, seed: 11);
        Check(model, (ids, mask, types) => [model.forward(ids, mask, types)], options, tolerance);
        using var discriminator = new ElectraForPreTraining(TinyConfig.Value with { InitializerRange = 0.1 }, seed: 11);
        Check(discriminator, (ids, mask, types) => [discriminator.forward(ids, mask, types)], options, tolerance);
    }

    // Biases and scales that begin at 0 and 1 would hide that they are missing.
    private static void Spread(nn.Module model)
    {
        using var generator = new Generator(12, CPU);
        foreach ((_, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
            if (parameter.dim() == 1) parameter.add_(randn(parameter.shape, generator: generator).mul(0.2));
    }

    private void AssertClose(Tensor expected, Tensor got, double tolerance)
    {
        Assert.Equal(expected.shape, got.shape);
        float difference = (expected - got).abs().max().item<float>();
        output.WriteLine($"off by {difference:G3}, of {expected.abs().max().item<float>():G3} at most");
        Assert.True(difference < tolerance, $"off by {difference}");
    }

    private void Check<TModel>(TModel model, Func<Tensor, Tensor?, Tensor?, Tensor[]> forward, OnnxExportOptions? options = null, double tolerance = Tolerance)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        model.eval();
        string path = _folder.File("model.onnx");
        model.ExportOnnx(path, options);
        using var run = new OnnxRun(path);
        foreach ((Tensor ids, Tensor? mask, Tensor? types) in Batches.Of(model.Config))
        {
            Tensor[] expected = forward(ids, mask, types), got = run.Run(ids, mask, types);
            Assert.Equal(expected.Length, got.Length);
            foreach ((Tensor wanted, Tensor seen) in expected.Zip(got)) AssertClose(wanted, seen, tolerance);
        }
    }
}
