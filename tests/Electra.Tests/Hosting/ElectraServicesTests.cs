using Electra.FineTuning;
using Electra.Hosting;
using Electra.Inference;
using Electra.Onnx;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Electra.Tests.Hosting;

/// <summary>Models as services.</summary>
public sealed class ElectraServicesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string encoder;

    public ElectraServicesTests() => encoder = TinyEncoder.Write(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_classifier_is_one_instance_that_the_container_frees()
    {
        using var trainer = new FineTuningTrainer(encoder, TinyEncoder.Task(), new FineTuningOptions { Epochs = 0.1, OutputFolder = folder.File("run") });
        string model = trainer.Train().Folder!;
        var services = new ServiceCollection();
        var logger = new FakeLogger<TextClassifier>();
        services.AddSingleton<ILogger<TextClassifier>>(logger).AddElectraClassifier(options => options.Folder = model);
        TextClassifier classifier;
        using (ServiceProvider provider = services.BuildServiceProvider())
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            classifier = provider.GetRequiredService<TextClassifier>();
            Assert.Same(classifier, provider.GetRequiredService<TextClassifier>());
            using TextClassifier own = TextClassifier.FromPretrained(model);
            Assert.Equal(own.Predict("the film was good .").Scores, classifier.Predict("the film was good .").Scores);
            Assert.Contains(model, Assert.Single(logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        }

        Assert.ThrowsAny<Exception>(() => classifier.Predict("the film was good ."));
    }

    [Fact]
    public void There_can_be_several_by_their_keys()
    {
        var services = new ServiceCollection();
        services.AddElectraZeroShotClassifier(options => (options.Folder, options.Prompt) = (encoder, Prompt.Of("{0} was {}", "good", "bad")), "mood");
        services.AddElectraZeroShotClassifier(options => (options.Folder, options.Prompt) = (encoder, Prompt.Of("the {} : {0}", "film", "book", "song")), "kind");
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal(2, provider.GetRequiredKeyedService<ZeroShotClassifier>("mood").Predict("so").Scores.Count);
        Assert.Equal(3, provider.GetRequiredKeyedService<ZeroShotClassifier>("kind").Predict("so").Scores.Count);
        Assert.Null(provider.GetService<ZeroShotClassifier>());
    }

    [Fact]
    public async Task An_embedder_is_an_embedding_generator_and_is_freed_once()
    {
        var services = new ServiceCollection();
        services.AddElectraEmbedder(options => (options.Folder, options.Embedding) = (encoder, new EmbeddingOptions { Layer = 1 }));
        services.AddElectraEmbedder(options => options.Folder = encoder, "deep");
        using ServiceProvider provider = services.BuildServiceProvider();
        IEmbeddingGenerator<string, Embedding<float>> generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        Assert.Same(provider.GetRequiredService<TextEmbedder>(), generator);
        Assert.Same(provider.GetRequiredKeyedService<TextEmbedder>("deep"), provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("deep"));
        float[] shallow = (await generator.GenerateAsync(["the film"]))[0].Vector.ToArray(), deep = provider.GetRequiredKeyedService<TextEmbedder>("deep").Embed("the film");
        Assert.Equal(deep.Length, shallow.Length);
        Assert.NotEqual(deep, shallow);
    }

    [Theory]
    [InlineData(null, "cpu", null, "Folder is not set")]
    [InlineData("nowhere", "cpu", null, "no config.json")]
    [InlineData("", "gpu", null, "Device is 'gpu'")]
    [InlineData("", "cuda:x", null, "Device is 'cuda:x'")]
    [InlineData("", "cpu", 3, "MaxLength is 3")]
    public void Bad_options_stop_the_application_at_its_start(string? model, string device, int? length, string expected)
    {
        var services = new ServiceCollection();
        services.AddElectraClassifier(options =>
        {
            options.Folder = model is null ? "" : model.Length == 0 ? encoder : folder.File(model);
            (options.Device, options.MaxLength) = (device, length);
        });
        services.AddElectraTokenClassifier(options => options.Folder = encoder); // nothing wrong with this one
        using ServiceProvider provider = services.BuildServiceProvider();
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains(expected, Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.StartsWith("TextClassifier: ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_prompt_is_told_at_the_start_too()
    {
        var services = new ServiceCollection();
        services.AddElectraZeroShotClassifier(options => (options.Folder, options.Prompt) = (encoder, new Prompt("no gap", [])));
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Contains("no gap", Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_on_ONNX_Runtime_stand_beside_the_others()
    {
        string vectors = folder.File("vectors");
        using (TextEmbedder own = TextEmbedder.FromPretrained(encoder)) own.SaveOnnx(vectors);
        var services = new ServiceCollection();
        services.AddElectraEmbedder(options => options.Folder = encoder).AddElectraOnnxEmbedder(options => (options.Folder, options.Threads) = (vectors, 1), "onnx");
        services.AddElectraOnnxClassifier(options => options.Folder = encoder, "wrong");
        using ServiceProvider provider = services.BuildServiceProvider();
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains("TextClassifier wrong: Folder is", Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.Contains("no model.onnx", error.Message, StringComparison.Ordinal);
        TextEmbedder onnx = provider.GetRequiredKeyedService<TextEmbedder>("onnx");
        Assert.Same(onnx, provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("onnx"));
        foreach ((float one, float other) in provider.GetRequiredService<TextEmbedder>().Embed("the film").Zip(onnx.Embed("the film"))) Assert.Equal(one, other, 1e-4f);
    }
}
