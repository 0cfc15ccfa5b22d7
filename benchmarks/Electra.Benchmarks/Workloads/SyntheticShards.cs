using Electra.Data;

namespace Electra.Benchmarks.Workloads;

/// <summary>Token shards of invented ids: Zipf-distributed over the whole vocabulary, so that look-ups repeat as in text.</summary>
internal static class SyntheticShards
{
    private const int FirstWord = 4; // after [PAD], [CLS], [SEP], [MASK]
    private const int Seed = 20;

    /// <summary>Writes one document that makes exactly <paramref name="examples"/> full examples, so that no batch has padding.</summary>
    public static void WriteFullExamples(string folder, int vocabSize, int examples, int sequenceLength) =>
        // An example holds [CLS], its text and [SEP]; the packer's run has one more [SEP] after the document.
        Write(folder, vocabSize, [(examples * (sequenceLength - 2)) - 1]);

    /// <summary>Writes documents of varying length, 500 tokens on average, in lines of about 25.</summary>
    public static void WriteDocuments(string folder, int vocabSize, int tokens)
    {
        var lengths = new Random(Seed);
        List<int> documents = [];
        for (int left = tokens; left > 0; left -= documents[^1]) documents.Add(lengths.Next(50, 951));
        Write(folder, vocabSize, documents);
    }

    private static void Write(string folder, int vocabSize, IEnumerable<int> documents)
    {
        var words = new ZipfWords(vocabSize - FirstWord, Seed);
        var vocabulary = new ShardVocabulary(new string('0', 64), vocabSize, PadId: 0, ClsId: 1, SepId: 2, MaskId: 3);
        using var shards = new TokenShardSet(folder, vocabulary, long.MaxValue);
        foreach (int length in documents)
        {
            var ids = new int[length];
            for (int i = 0; i < length; i++) ids[i] = FirstWord + words.Next();
            shards.AddDocument(ids, Lines(length, words));
        }

        shards.Complete(0, 0, null);
    }

    private static int[] Lines(int tokens, ZipfWords random)
    {
        List<int> lines = [];
        for (int left = tokens; left > 0; left -= lines[^1]) lines.Add(Math.Min(left, random.NextUniform(5, 46)));
        return [.. lines];
    }
}
