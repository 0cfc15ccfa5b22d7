using Electra.Data;

namespace Electra.Tests.Pretraining.Evaluation;

/// <summary>Shards of made-up text in which every token tells the next, for tests of the evaluation.</summary>
internal static class EvaluationShards
{
    /// <summary>Special tokens are the first five ids.</summary>
    public static PretrainingDataset Write(string folder, int vocabSize, int documents)
    {
        var vocabulary = new ShardVocabulary(new string('a', 64), vocabSize, PadId: 0, ClsId: 2, SepId: 3, MaskId: 4);
        var random = new Random(7);
        // text is digits and blanks: a line is its own list of ids
        var builder = new TokenShardBuilder(vocabulary, (text, ids) => ids.AddRange(text.ToString().Split(' ').Select(int.Parse)));
        builder.Build(new Source([.. Enumerable.Range(0, documents).Select(_ => new Document([.. Enumerable.Range(0, 3)
            .Select(_ => string.Join(' ', LineFrom(random.Next(5, vocabSize), random.Next(5, 25), vocabSize)))]))]), folder);
        return PretrainingDataset.Open(folder, new DataOptions { SequenceLength = 16, BatchSize = 4, HeldOutFraction = 0.25 });
    }

    public static int[] LineFrom(int first, int length, int vocabSize)
    {
        var line = new int[length];
        line[0] = first;
        for (int i = 1; i < length; i++) line[i] = 5 + ((((line[i - 1] - 5) * 3) + 1) % (vocabSize - 5));
        return line;
    }

    private sealed class Source(IReadOnlyList<Document> documents) : IDocumentSource
    {
        public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) => documents;
    }
}
