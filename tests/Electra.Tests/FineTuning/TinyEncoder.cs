using Electra.Checkpoints;
using Electra.Configuration;
using Electra.FineTuning;
using Electra.Modeling;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.FineTuning;

/// <summary>A folder with an encoder of random weights, and examples that it can learn by heart.</summary>
internal static class TinyEncoder
{
    private static readonly string[] Words =
        ["good", "bad", "fine", "poor", "film", "book", "play", "song", "the", "a", "was", "is", "very", "so", "ada", "paris", "lives", "in", "who", "where", "?", ".", ","];

    /// <summary>The tokenizer.</summary>
    public static ElectraTokenizer Tokenizer { get; } = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words, "##s", "##y"]);

    /// <summary>Writes the folder.</summary>
    public static string Write(TemporaryFolder folder, double dropout = 0.1, int positions = 32)
    {
        ElectraConfig config = (ElectraConfig.Tiny with
        {
            HiddenSize = 32,
            EmbeddingSize = 32,
            IntermediateSize = 64,
            NumAttentionHeads = 2,
            NumHiddenLayers = 2,
            MaxPositionEmbeddings = positions,
            HiddenDropoutProb = dropout,
            AttentionProbsDropoutProb = dropout,
            InitializerRange = 0.1,
        }).WithVocabulary(Tokenizer);
        using var model = new ElectraForPreTraining(config, seed: 3);
        string path = folder.File("encoder");
        model.SavePretrained(path, Tokenizer);
        return path;
    }

    /// <summary>Sentences that say "good" or "fine", and others that say "bad" or "poor".</summary>
    public static ExampleSet<TextExample> Sentences(int count, int seed = 0)
    {
        var random = new Random(seed);
        string Pick(params string[] of) => of[random.Next(of.Length)];
        return new("sentences", [.. Enumerable.Range(0, count).Select(i =>
        {
            bool isGood = random.Next(2) == 0;
            string filler = string.Join(' ', Enumerable.Repeat("so", random.Next(6)));
            return new TextExample($"the {Pick("film", "book", "play", "song")} {Pick("was", "is")} {filler} {(isGood ? Pick("good", "fine") : Pick("bad", "poor"))} .")
            {
                Labels = [isGood ? "yes" : "no"], Value = isGood ? 1 : -1, Id = $"{i}",
            };
        })], []);
    }

    /// <summary>A task of such sentences.</summary>
    public static TextClassificationTask Task(int count = 64) =>
        new("mood", LabelKind.SingleLabel, Sentences(count), [("dev", Sentences(32, seed: 1))]);
}
