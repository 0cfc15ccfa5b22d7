using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

/// <summary>The reference answers of Hugging Face's tokenizer and the vocabulary that they were made with.</summary>
internal static class TokenizerFixture
{
    private static JsonObject? s_reference;

    public static string VocabularyPath => ReferenceData.Data("vocab/bert-base-uncased/vocab.txt");

    public static ElectraTokenizer Create(ElectraTokenizerOptions? options = null) =>
        ElectraTokenizer.FromVocabulary(VocabularyPath, options);

    public static JsonNode Section(string name)
    {
        s_reference ??= JsonNode.Parse(File.ReadAllText(ReferenceData.Fixture("tokenizer.json")))!.AsObject();
        return s_reference[name]!;
    }

    public static string[] Texts() => [.. Section("items").AsArray().Select(item => item!["text"]!.GetValue<string>())];

    public static int[] Ints(JsonNode? node) => node.Deserialize<int[]>()!;

    public static string[] Strings(JsonNode? node) => node.Deserialize<string[]>()!;

    /// <summary>Fails with the first few of the cases that differ, not only with the first.</summary>
    public static void AssertNone(IReadOnlyCollection<string> failures, int total) =>
        Assert.True(failures.Count == 0, $"{failures.Count} of {total} differ:\n{string.Join("\n", failures.Take(8))}");
}
