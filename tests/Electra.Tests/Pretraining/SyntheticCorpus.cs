using Electra.Configuration;
using Electra.Data;

namespace Electra.Tests.Pretraining;

/// <summary>
/// Shards of an invented language that is easy to learn: a few words are frequent, and each state is followed by one of two.
/// Ids: 0 [PAD], 1 [UNK], 2 [CLS], 3 [SEP], 4 [MASK], words from 5 to 98.
/// </summary>
internal static class SyntheticCorpus
{
    public const int Words = 99;

    /// <summary>A model whose dimensions all differ; its discriminator has fused layers, its generator (8 wide) composed ones.</summary>
    public static ElectraConfig Config(double dropout = 0.1) => new()
    {
        VocabSize = Words,
        EmbeddingSize = 16,
        HiddenSize = 32,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        IntermediateSize = 48,
        MaxPositionEmbeddings = 40,
        HiddenDropoutProb = dropout,
        AttentionProbsDropoutProb = dropout,
    };

    public static void Write(string folder, int documents = 60, int seed = 1)
    {
        var random = new Random(seed);
        using var shards = new TokenShardSet(folder, new ShardVocabulary(new string('a', 64), Words, 0, 2, 3, 4), long.MaxValue);
        for (int document = 0; document < documents; document++)
        {
            int[] lines = [.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(4, 15))];
            var tokens = new int[lines.Sum()];
            int word = random.Next(94);
            for (int i = 0; i < tokens.Length; i++)
            {
                tokens[i] = 5 + (word * word * word / (94 * 94)); // the first words are by far the most frequent
                word = ((word * 3) + 1 + random.Next(2)) % 94;
            }

            shards.AddDocument(tokens, lines);
        }

        shards.Complete(1, 0, null);
    }
}
