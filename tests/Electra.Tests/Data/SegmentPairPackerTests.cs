using CsCheck;
using Electra.Data;

namespace Electra.Tests.Data;

public class SegmentPairPackerTests
{
    private static readonly Gen<int[][]> LineLengths = Gen.Int[1, 30].Array[1, 12].Array[1, 8];
    private static readonly Gen<(int[][], int, int)> Cases = Gen.Select(LineLengths, Gen.Int[5, 40], Gen.Int[0, 9]);

    [Fact]
    public void Examples_obey_the_rules_and_the_report_counts_what_is_kept() => Cases.Sample(
        (lines, length, seed) =>
        {
            using var corpus = new PackedCorpus(WordCorpus.Counting(lines), tokensPerShard: 50);
            var packer = new SegmentPairPacker(corpus.Corpus, WordCorpus.Vocabulary(), length, seed);
            int[] documentOf = [.. lines.SelectMany((document, number) => Enumerable.Repeat(number, document.Sum()))];
            var seen = new HashSet<long>();
            for (long i = 0; i < packer.ExampleCount; i++)
            {
                (long[] ids, long[] types) = PackedCorpus.Example(packer, 0, i, length);
                long[] words = [.. ids.Where(id => id >= WordCorpus.FirstWord)];
                Assert.Single(words.Select(id => documentOf[id - WordCorpus.FirstWord]).Distinct());
                Assert.All(words, id => Assert.True(seen.Add(id)));

                int separators = ids.Count(id => id == WordCorpus.Sep);
                int first = Array.IndexOf(ids, WordCorpus.Sep) + 1;
                Assert.Equal(ids.Length == first ? 1 : 2, separators);
                Assert.All(types[..first], type => Assert.Equal(0, type));
                Assert.All(types[first..], type => Assert.Equal(1, type));
            }

            Assert.Equal(packer.Report.TokensKept, seen.Count);
            Assert.Equal(packer.Report.TokensIn, corpus.Corpus.TokenCount);
        },
        iter: 60, threads: 1);

    [Fact]
    public void A_line_longer_than_the_example_is_cut_off()
    {
        using var corpus = new PackedCorpus(WordCorpus.Counting([[200], [50]]));
        var packer = new SegmentPairPacker(corpus.Corpus, WordCorpus.Vocabulary(), 102);
        Assert.Equal(2, packer.ExampleCount);
        Assert.Equal(150, packer.Report.TokensKept);
        Assert.Equal(0.6, packer.Report.KeptFraction);
        Assert.Equal(102, PackedCorpus.Example(packer, 0, 0, 102).Ids.Length);
        Assert.Equal(52, PackedCorpus.Example(packer, 0, 1, 102).Ids.Length);
    }

    [Fact]
    public void Single_segments_and_short_targets_come_as_often_as_in_Googles_code()
    {
        // One word a line and long documents: what is gathered is the target exactly, so both draws can be read off the examples.
        string[][] documents = [.. Enumerable.Repeat(Enumerable.Repeat("10", 10_000).ToArray(), 60)];
        using var corpus = new PackedCorpus(new WordCorpus(documents));
        var packer = new SegmentPairPacker(corpus.Corpus, WordCorpus.Vocabulary(), 64, seed: 3);
        (int single, int shorter, int whole) = (0, 0, 0);
        for (long i = 0; i < packer.ExampleCount; i++)
        {
            (long[] ids, long[] types) = PackedCorpus.Example(packer, 0, i, 64);
            if (ids.Length < 63) shorter++;
            else whole++;
            if (types.All(type => type == 0)) single++;
            else if (ids.Length == 64) Assert.InRange(Array.IndexOf(ids, WordCorpus.Sep), 29, 31);
        }

        Assert.InRange((double)single / packer.ExampleCount, 0.08, 0.12);
        Assert.InRange((double)shorter / (shorter + whole), 0.035, 0.065);
    }

    [Fact]
    public void The_seed_decides_the_examples()
    {
        using var corpus = new PackedCorpus(WordCorpus.Random(100));
        string[] texts = [.. new[] { 1, 1, 2 }.Select(seed =>
        {
            var packer = new SegmentPairPacker(corpus.Corpus, WordCorpus.Vocabulary(), 32, seed);
            return string.Join(' ', PackedCorpus.Text(packer, 0, 32));
        })];
        Assert.Equal(texts[0], texts[1]);
        Assert.NotEqual(texts[0], texts[2]);
    }
}
