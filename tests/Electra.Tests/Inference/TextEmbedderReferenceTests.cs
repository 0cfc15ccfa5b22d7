using System.Text.Json;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Inference;

/// <summary>Vectors of sentences as Hugging Face's classes make them, with the same small discriminator.</summary>
public class TextEmbedderReferenceTests
{
    [SkippableTheory]
    [InlineData(EmbeddingPooling.Mean, "mean")]
    [InlineData(EmbeddingPooling.Cls, "cls")]
    public void Cosines_of_pairs_are_those_of_the_reference(EmbeddingPooling pooling, string name)
    {
        JsonElement[] examples = [.. Reference().GetProperty("examples").EnumerateArray()];
        for (int layer = 0; layer <= 2; layer++)
        {
            using TextEmbedder embedder = Embedder(layer, pooling);
            double[] cosines = Cosines(embedder, [.. examples.Select(Text("a"))], [.. examples.Select(Text("b"))]);
            foreach ((int i, JsonElement example) in examples.Index()) Assert.Equal(example.GetProperty(name)[layer].GetDouble(), cosines[i], 1e-4);
        }

        static Func<JsonElement, string> Text(string side) => example => example.GetProperty(side).GetString()!;
    }

    [SkippableFact]
    public void Correlations_with_peoples_scores_are_those_of_the_reference()
    {
        JsonElement reference = Reference();
        IReadOnlyList<TextExample> dev = GlueTask.Named("STS-B").Read(ReferenceData.Data("glue"), GlueSplit.Dev).Examples;
        Assert.Equal(reference.GetProperty("pairs").GetInt32(), dev.Count);
        for (int layer = 0; layer <= 2; layer++)
        {
            Assert.Equal(reference.GetProperty("mean")[layer].GetDouble(), Spearman(layer, EmbeddingPooling.Mean), 1e-4);
            if (layer > 0) Assert.Equal(reference.GetProperty("cls")[layer].GetDouble(), Spearman(layer, EmbeddingPooling.Cls), 1e-4);
        }

        Assert.Equal(reference.GetProperty("first_last").GetDouble(), Spearman(2, EmbeddingPooling.FirstLast), 1e-4);

        double Spearman(int layer, EmbeddingPooling pooling)
        {
            using TextEmbedder embedder = Embedder(layer, pooling);
            return Correlation.Spearman(
                Cosines(embedder, [.. dev.Select(pair => pair.Text)], [.. dev.Select(pair => pair.Pair!)]), [.. dev.Select(pair => pair.Value!.Value)]);
        }
    }

    private static JsonElement Reference() => JsonElement.Parse(File.ReadAllText(ReferenceData.Fixture("without-labels/sts-layers.json")));

    private static TextEmbedder Embedder(int layer, EmbeddingPooling pooling) =>
        TextEmbedder.FromPretrained(ReferenceData.Model("wiki-mini/discriminator"), new EmbeddingOptions { Layer = layer, Pooling = pooling });

    private static double[] Cosines(TextEmbedder embedder, string[] first, string[] second) =>
        [.. embedder.Embed(first).Zip(embedder.Embed(second), (one, other) => TextEmbedder.Similarity(one, other))];
}
