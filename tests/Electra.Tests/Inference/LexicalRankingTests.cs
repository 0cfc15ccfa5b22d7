using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Inference;

/// <summary>Rankings by shared words, against their formulas over words that were split by hand.</summary>
public class LexicalRankingTests
{
    private static readonly string[] Passages =
    [
        "The cat sat on the mat.", "A dog; the dog, and THE DOG!", "", "Cats and dogs", "The café of the cat", "the mat is on the mat on the mat, and so on",
    ];

    private static readonly string[][] Words =
    [
        ["the", "cat", "sat", "on", "the", "mat"], ["a", "dog", "the", "dog", "and", "the", "dog"], [], ["cats", "and", "dogs"], ["the", "cafe", "of", "the", "cat"],
        ["the", "mat", "is", "on", "the", "mat", "on", "the", "mat", "and", "so", "on"],
    ];

    [Theory]
    [InlineData("the cat", 1.2, 0.75)]
    [InlineData("Where is the DOG ?", 1.2, 0.75)]
    [InlineData("cat cat mat", 1.2, 0.75)]
    [InlineData("a cafe on the mat", 2, 0.3)]
    [InlineData("the mat", 1.2, 0)]
    [InlineData("the mat", 0, 1)]
    public void BM25_is_its_formula(string query, double k1, double b)
    {
        string[] asked = query.ToLowerInvariant().Split(' ');
        double mean = Words.Average(words => words.Length);
        double Idf(string word)
        {
            int holders = Words.Count(words => words.Contains(word));
            return Math.Log((Words.Length + 1) / (holders + 0.5)); // 1 + (N - n + .5) / (n + .5)
        }

        double[] expected = [.. Words.Select(words => asked.Sum(word =>
        {
            int times = words.Count(other => other == word);
            return times == 0 ? 0 : Idf(word) * times / (times + (k1 * (1 - b + (b * words.Length / mean))));
        }))];
        var index = new Bm25(Passages, k1, b);
        IReadOnlyList<double> scores = index.Score(query);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores[i], 12);

        int[] order = [.. Enumerable.Range(0, Passages.Length).OrderByDescending(i => expected[i]).ThenBy(i => i)];
        Assert.Equal(order.Take(4), index.Rank(query, 4).Select(passage => passage.Index));
        Assert.All(index.Rank(query), passage => Assert.Equal((Passages[passage.Index], scores[passage.Index], false), (passage.Passage, passage.Score, passage.IsCut)));
        Assert.Equal((k1, b), (index.K1, index.B));
    }

    [Fact]
    public void Overlap_counts_different_words_of_the_query()
    {
        var plain = new WordOverlap(Passages);
        Assert.Equal([2.0, 1, 0, 0, 2, 1], plain.Score("The cat, the cat?"));
        Assert.Equal([0, 4, 1, 5, 2, 3], plain.Rank("The cat").Select(passage => passage.Index));
        double[] weighted = [.. new WordOverlap(Passages, isWeighted: true).Score("the cat")];
        double the = Math.Log(7 / 4.5), cat = Math.Log(7 / 2.5);
        Assert.Equal(the + cat, weighted[0], 12);
        Assert.Equal(the, weighted[5], 12);
    }

    [Fact]
    public void Bad_input_is_refused_and_nothing_is_no_trouble()
    {
        var index = new Bm25(Passages);
        Assert.Throws<ArgumentNullException>(() => new Bm25(null!));
        Assert.Contains("Passage 1 is null", Assert.Throws<ArgumentException>(() => new WordOverlap(["a", null!])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bm25(Passages, k1: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bm25(Passages, b: 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Rank("cat", 0));
        Assert.Throws<ArgumentException>(() => index.Rank(" "));
        Assert.Throws<ArgumentNullException>(() => index.Score(null!));
        Assert.Empty(new Bm25([]).Rank("cat"));
        Assert.All(index.Score("?!"), score => Assert.Equal(0, score));
        Assert.Equal(Enumerable.Range(0, Passages.Length), index.Rank("zebra").Select(passage => passage.Index));
    }

    /// <summary>WikiQA's questions with an answer, in random order and by shared words; what a re-ranker has to beat.</summary>
    [SkippableFact]
    public void On_WikiQA_shared_words_are_far_better_than_chance()
    {
        ExampleSet<RankingExample> dev = RankingFile.Read(ReferenceData.Data("wikiqa/WikiQA-dev.txt"));
        Assert.Equal(296, dev.Examples.Count);
        RankingScore random = RankingEvaluationSet.Score(dev.Examples, new double[dev.Examples.Sum(example => example.Passages.Count)]);
        RankingScore bm25 = RankingEvaluationSet.Score(dev.Examples, RankingEvaluationSet.OfBm25(dev.Examples));
        Assert.Equal((126, 170), (bm25.Questions, bm25.LeftOut));
        Assert.InRange(random.MeanAveragePrecision, 0.40, 0.43);
        Assert.InRange(bm25.MeanAveragePrecision, 0.56, 0.62);
    }
}
