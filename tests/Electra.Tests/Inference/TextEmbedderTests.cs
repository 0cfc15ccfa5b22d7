using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Microsoft.Extensions.AI;
using static TorchSharp.torch;

namespace Electra.Tests.Inference;

/// <summary>Vectors of texts.</summary>
public sealed class TextEmbedderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string encoder;

    public TextEmbedderTests() => encoder = TinyEncoder.Write(folder);

    private static string[] Texts => [.. TinyEncoder.Sentences(40, seed: 6).Examples.Select(example => example.Text), "", "so"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Vectors_are_pooled_from_the_states_of_the_layer(int layer)
    {
        using ElectraModel model = ElectraModel.FromPretrained(encoder);
        using TextEmbedder mean = Embedder(layer, EmbeddingPooling.Mean), cls = Embedder(layer, EmbeddingPooling.Cls), both = Embedder(layer, EmbeddingPooling.FirstLast);
        IReadOnlyList<float[]> means = mean.Embed(Texts), firsts = cls.Embed(Texts), middles = both.Embed(Texts);
        foreach ((int i, string text) in Texts.Index())
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            long[] ids = [.. TinyEncoder.Tokenizer.Encode(text, null, new()).Ids.Select(id => (long)id)];
            IReadOnlyList<Tensor> states = model.forwardWithStates(tensor(ids, [1, ids.Length])).HiddenStates;
            float[] first = states[0].data<float>().ToArray(), own = states[layer].data<float>().ToArray();
            int width = mean.Dimensions;
            for (int column = 0; column < width; column++)
            {
                double Average(float[] of) => Enumerable.Range(0, ids.Length).Average(token => (double)of[(token * width) + column]);
                Assert.Equal(Average(own), means[i][column], 1e-4);
                Assert.Equal(own[column], firsts[i][column], 1e-4);
                Assert.Equal((Average(first) + Average(own)) / 2, middles[i][column], 1e-4);
            }
        }
    }

    [Fact]
    public void A_batch_gives_what_its_texts_give_alone_in_their_order_on_any_thread()
    {
        using TextEmbedder embedder = TextEmbedder.FromPretrained(encoder, options: new InferenceOptions { PositionsPerPass = 100 });
        IReadOnlyList<float[]> together = embedder.Embed(Texts);
        var alone = new float[Texts.Length][];
        Parallel.For(0, alone.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => alone[i] = embedder.Embed(Texts[i]));
        for (int i = 0; i < alone.Length; i++) Equal(alone[i], together[i]);
        Assert.Equal(together, embedder.EmbedAll(Texts));
        Assert.NotEqual(alone[0], alone[^1]);
        Assert.Empty(embedder.Embed(Array.Empty<string>()));
        Assert.All(embedder.Embed(""), value => Assert.True(float.IsFinite(value)));
        Assert.Throws<ArgumentException>(() => embedder.Embed([null!]));
    }

    [Fact]
    public void Vectors_have_length_one_where_that_is_asked_for()
    {
        using TextEmbedder plain = TextEmbedder.FromPretrained(encoder), unit = TextEmbedder.FromPretrained(encoder, new EmbeddingOptions { Normalize = true });
        float[] vector = plain.Embed(Texts[0]), scaled = unit.Embed(Texts[0]);
        double length = Math.Sqrt(vector.Sum(value => (double)value * value));
        Assert.False(Math.Abs(length - 1) < 1e-3);
        for (int i = 0; i < vector.Length; i++) Assert.Equal(vector[i] / length, scaled[i], 1e-5);
        Assert.Equal(1, TextEmbedder.Similarity(vector, scaled), 1e-6);
        Assert.Equal(0, TextEmbedder.Similarity(vector, new float[vector.Length]));
        Assert.Throws<ArgumentException>(() => TextEmbedder.Similarity(vector, [1]));
    }

    [Fact]
    public void Long_texts_are_cut()
    {
        string text = Texts[0], longer = text + string.Concat(Enumerable.Repeat(" so", 100));
        using TextEmbedder embedder = TextEmbedder.FromPretrained(encoder), shorter = TextEmbedder.FromPretrained(encoder, options: new InferenceOptions { MaxLength = 6 });
        Assert.Equal(embedder.Embed(longer), embedder.Embed(longer + " bad"));
        Assert.NotEqual(embedder.Embed(text), embedder.Embed(longer));
        Assert.Equal(shorter.Embed("the film was good ."), shorter.Embed("the film was good so bad ."));
    }

    [Fact]
    public void Folders_of_an_encoder_alone_and_of_other_heads_give_the_same_vectors()
    {
        using ElectraModel bare = ElectraModel.FromPretrained(encoder);
        bare.SavePretrained(folder.File("bare"), TinyEncoder.Tokenizer);
        using ElectraForTokenClassification tagger = ElectraForTokenClassification.FromPretrained(encoder);
        tagger.SavePretrained(folder.File("tagger"), TinyEncoder.Tokenizer);
        using TextEmbedder own = TextEmbedder.FromPretrained(encoder);
        foreach (string other in new[] { "bare", "tagger" })
        {
            using TextEmbedder embedder = TextEmbedder.FromPretrained(folder.File(other));
            Assert.Equal(own.Embed(Texts), embedder.Embed(Texts));
        }
    }

    [Theory]
    [InlineData(0, EmbeddingPooling.Mean, false)]
    [InlineData(1, EmbeddingPooling.Mean, true)]
    [InlineData(2, EmbeddingPooling.Cls, true)]
    [InlineData(1, EmbeddingPooling.FirstLast, true)]
    public void What_is_saved_makes_the_same_vectors(int layer, EmbeddingPooling pooling, bool normalize)
    {
        var options = new EmbeddingOptions { Layer = layer, Pooling = pooling, Normalize = normalize };
        string saved = folder.File("saved");
        using (TextEmbedder before = TextEmbedder.FromPretrained(encoder, new EmbeddingOptions { Pooling = pooling == EmbeddingPooling.Cls ? EmbeddingPooling.FirstLast : EmbeddingPooling.Cls }))
            before.Save(saved); // whose traces must not be taken for the present one's
        using TextEmbedder embedder = TextEmbedder.FromPretrained(encoder, options, new InferenceOptions { MaxLength = 20 });
        embedder.Save(saved);
        using TextEmbedder again = TextEmbedder.FromPretrained(saved);
        Assert.Equal(options, again.Options);
        Assert.Equal(embedder.Embed([.. Texts, Texts[0] + string.Concat(Texts)]), again.Embed([.. Texts, Texts[0] + string.Concat(Texts)]));
        Assert.Equal(layer, ElectraConfig.Load(Path.Combine(saved, "config.json")).NumHiddenLayers);
        Assert.Equal(["ElectraModel"], ElectraConfig.Load(Path.Combine(saved, "config.json")).Architectures);
        Assert.Equal(pooling == EmbeddingPooling.FirstLast, !File.Exists(Path.Combine(saved, "modules.json")));
        if (pooling == EmbeddingPooling.FirstLast) return;
        string[] types = [.. JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "modules.json")))!.AsArray().Select(module => module!["type"]!.GetValue<string>().Split('.')[^1])];
        Assert.Equal(normalize ? ["Transformer", "Pooling", "Normalize"] : ["Transformer", "Pooling"], types);
        JsonNode modes = JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "1_Pooling", "config.json")))!;
        Assert.Equal(embedder.Dimensions, modes["word_embedding_dimension"]!.GetValue<int>());
        Assert.Equal(pooling == EmbeddingPooling.Cls, modes["pooling_mode_cls_token"]!.GetValue<bool>());
        Assert.Equal(pooling == EmbeddingPooling.Mean, modes["pooling_mode_mean_tokens"]!.GetValue<bool>());
        Assert.Equal(20, JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "sentence_bert_config.json")))!["max_seq_length"]!.GetValue<int>());
    }

    [Fact]
    public void Folders_with_the_encoder_in_one_of_their_own_are_read_and_what_is_unknown_is_refused()
    {
        string outer = folder.File("outer");
        Directory.CreateDirectory(Path.Combine(outer, "pool"));
        Directory.Move(encoder, Path.Combine(outer, "0_Transformer"));
        Modules("Transformer:0_Transformer", "Pooling:pool");
        Pool("""{"word_embedding_dimension": 32, "pooling_mode": "cls"}""");
        using (TextEmbedder embedder = TextEmbedder.FromPretrained(outer)) Assert.Equal(EmbeddingPooling.Cls, embedder.Options.Pooling);
        using (TextEmbedder embedder = TextEmbedder.FromPretrained(outer, new EmbeddingOptions { Pooling = EmbeddingPooling.Mean })) Assert.Equal(EmbeddingPooling.Mean, embedder.Options.Pooling);
        Pool("""{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""");
        Refused("cls, mean");
        Pool("""{"pooling_mode_max_tokens": true}""");
        Refused("max");
        Pool("{");
        Refused("config.json");
        Modules("Transformer:0_Transformer", "Dense:pool");
        Refused("Dense");

        void Modules(params string[] modules) => File.WriteAllText(Path.Combine(outer, "modules.json"), new JsonArray([.. modules.Select((module, i) => new JsonObject
        {
            ["idx"] = i, ["path"] = module.Split(':')[1], ["type"] = "sentence_transformers.models." + module.Split(':')[0],
        })]).ToJsonString());
        void Pool(string config) => File.WriteAllText(Path.Combine(outer, "pool", "config.json"), config);
        void Refused(string why) => Assert.Contains(why, Assert.Throws<InvalidDataException>(() => TextEmbedder.FromPretrained(outer)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_layer_that_is_not_there_is_refused(int layer)
    {
        string message = Assert.Throws<ArgumentException>(() => TextEmbedder.FromPretrained(encoder, new EmbeddingOptions { Layer = layer })).Message;
        Assert.Contains($"is {layer}; the encoder has 2 layers", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_an_embedding_generator()
    {
        using TextEmbedder embedder = TextEmbedder.FromPretrained(encoder);
        IEmbeddingGenerator<string, Embedding<float>> generator = Assert.IsType<IEmbeddingGenerator<string, Embedding<float>>>(embedder, exactMatch: false);
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync(["so good", "", "bad"]);
        Assert.Equal(embedder.Embed(["so good", "", "bad"]), made.Select(item => item.Vector.ToArray()));
        Assert.All(made, item => Assert.Equal("encoder", item.ModelId));
        Assert.Equal(4 + 2 + 3, made.Usage!.InputTokenCount);
        Assert.Empty(await generator.GenerateAsync([]));
        EmbeddingGeneratorMetadata metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("encoder", 32), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(generator, generator.GetService<TextEmbedder>());
        Assert.Null(generator.GetService(typeof(TextEmbedder), "key"));
        Assert.Null(generator.GetService<HttpClient>());
        Assert.Equal(32, (await generator.GenerateVectorAsync("so", new EmbeddingGenerationOptions { Dimensions = 32 })).Length);
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["so"], new EmbeddingGenerationOptions { Dimensions = 16 }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([null!]));
        await Assert.ThrowsAsync<ArgumentNullException>(() => generator.GenerateAsync(null!));
    }

    [Fact]
    public async Task It_can_be_cancelled_and_asked_again()
    {
        using TextEmbedder embedder = TextEmbedder.FromPretrained(encoder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => embedder.Embed(["so"], cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => embedder.GenerateAsync(["so"], cancellationToken: cancelled.Token));
        Assert.Single(embedder.Embed(["so"]));
    }

    private TextEmbedder Embedder(int layer, EmbeddingPooling pooling) => TextEmbedder.FromPretrained(encoder, new EmbeddingOptions { Layer = layer, Pooling = pooling });

    private static void Equal(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }
}
