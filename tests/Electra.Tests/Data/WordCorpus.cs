using System.Globalization;
using Electra.Data;

namespace Electra.Tests.Data;

/// <summary>A corpus of numbers: the word "17" is the token 17, so a test sees at once where each token went.</summary>
internal sealed class WordCorpus(IReadOnlyList<IReadOnlyList<string>> documents) : IDocumentSource
{
    public const int Pad = 0;
    public const int Cls = 1;
    public const int Sep = 2;
    public const int Mask = 3;
    public const int FirstWord = 10;

    public static ShardVocabulary Vocabulary(int size = 60_000) => new(new string('a', 64), size, Pad, Cls, Sep, Mask);

    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) =>
        documents.Select(lines => new Document(lines));

    public static void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        foreach (Range word in text.Split(' '))
        {
            if (text[word].Length > 0) ids.Add(int.Parse(text[word], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Documents whose tokens count up from <see cref="FirstWord"/> through the corpus, so each is there once.</summary>
    /// <param name="lineLengths">The token counts of each document's lines.</param>
    public static WordCorpus Counting(IEnumerable<int[]> lineLengths)
    {
        int next = FirstWord;
        return new WordCorpus([.. lineLengths.Select(lines => lines.Select(length =>
        {
            next += length;
            return string.Join(' ', Enumerable.Range(next - length, length));
        }).ToArray())]);
    }

    /// <summary>Documents of random lengths: 1 to 6 lines of 1 to 20 words.</summary>
    public static WordCorpus Random(int documents, int seed = 1)
    {
        var random = new Random(seed);
        return Counting(Enumerable.Range(0, documents).Select(_ =>
            Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Next(1, 21)).ToArray()).ToArray());
    }

    /// <summary>Writes the shards of this corpus into a folder.</summary>
    public TokenShardManifest BuildInto(string folder, long tokensPerShard = 1000, int threads = 2) =>
        new TokenShardBuilder(Vocabulary(), Encode, new() { TokensPerShard = tokensPerShard, ThreadCount = threads }).Build(this, folder);
}
