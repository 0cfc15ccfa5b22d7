using CsCheck;
using Electra.Data;

namespace Electra.Tests.Data;

public class ContiguousPackerTests
{
    private static readonly Gen<int[][]> LineLengths = Gen.Int[1, 30].Array[1, 4].Array[1, 12];
    private static readonly Gen<(int[][], int, int)> Cases = Gen.Select(LineLengths, Gen.Int[3, 40], Gen.Int[0, 3]);

    [Fact]
    public void Joined_documents_fill_windows_with_a_separator_between_them()
    {
        using var corpus = new PackedCorpus(WordCorpus.Counting([[3, 2], [1], [4]]));
        var packer = new ContiguousPacker(corpus.Corpus, WordCorpus.Vocabulary(), 7);
        Assert.Equal(3, packer.ExampleCount);
        Assert.Equal([1, 10, 11, 12, 13, 14, 2], PackedCorpus.Example(packer, 0, 0, 7).Ids);
        Assert.Equal([1, 2, 15, 2, 16, 17, 2], PackedCorpus.Example(packer, 0, 1, 7).Ids);
        Assert.Equal([1, 18, 19, 2, 2], PackedCorpus.Example(packer, 0, 2, 7).Ids);
        Assert.False(packer.HasSegments);
    }

    [Fact]
    public void Documents_apart_are_cut_into_nearly_equal_windows()
    {
        using var corpus = new PackedCorpus(WordCorpus.Counting([[3, 4], [1], [5]]));
        var packer = new ContiguousPacker(corpus.Corpus, WordCorpus.Vocabulary(), 7, joinDocuments: false);
        Assert.Equal(4, packer.ExampleCount);
        Assert.Equal([1, 10, 11, 12, 2], PackedCorpus.Example(packer, 0, 0, 7).Ids);
        Assert.Equal([1, 13, 14, 15, 16, 2], PackedCorpus.Example(packer, 0, 1, 7).Ids);
        Assert.Equal([1, 17, 2], PackedCorpus.Example(packer, 0, 2, 7).Ids);
        Assert.Equal([1, 18, 19, 20, 21, 22, 2], PackedCorpus.Example(packer, 0, 3, 7).Ids);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_token_is_in_exactly_one_example_of_every_epoch(bool join) => Cases.Sample(
        (lines, length, epoch) =>
        {
            using var corpus = new PackedCorpus(WordCorpus.Counting(lines), tokensPerShard: 50);
            var packer = new ContiguousPacker(corpus.Corpus, WordCorpus.Vocabulary(), length, join, seed: 5);
            List<long> text = PackedCorpus.Text(packer, epoch, length);
            Assert.Equal(Enumerable.Range(WordCorpus.FirstWord, (int)corpus.Corpus.TokenCount).Select(id => (long)id), text.Order());
            Assert.Equal(1, packer.Report.KeptFraction);
        },
        iter: 60, threads: 1);

    [Fact]
    public void Only_the_last_joined_example_is_padded_and_windows_move_between_epochs()
    {
        using var corpus = new PackedCorpus(WordCorpus.Random(100));
        var packer = new ContiguousPacker(corpus.Corpus, WordCorpus.Vocabulary(), 32, seed: 5);
        var firsts = new HashSet<long>();
        for (int epoch = 0; epoch < 20; epoch++)
        {
            for (long i = 0; i + 1 < packer.ExampleCount; i++) Assert.Equal(32, PackedCorpus.Example(packer, epoch, i, 32).Ids.Length);
            firsts.Add(PackedCorpus.Example(packer, epoch, 0, 32).Ids[1]);
        }

        Assert.True(firsts.Count > 5);
        Assert.True(packer.Report.FilledFraction > 0.85);
    }

    [Fact]
    public void An_example_outside_the_epoch_is_refused()
    {
        using var corpus = new PackedCorpus(WordCorpus.Random(3));
        var packer = new ContiguousPacker(corpus.Corpus, WordCorpus.Vocabulary(), 32);
        Assert.Throws<ArgumentOutOfRangeException>(() => packer.Fill(0, packer.ExampleCount, new long[32], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => packer.Fill(0, -1, new long[32], []));
    }

    [Theory]
    [InlineData(true, 0.5)]
    [InlineData(true, 1)]
    [InlineData(false, 0.3)]
    public void A_share_of_the_examples_is_cut_in_two_and_no_token_is_lost(bool join, double share) => Cases.Sample(
        (lines, some, epoch) =>
        {
            int length = some + 5;
            using var corpus = new PackedCorpus(WordCorpus.Counting(lines), tokensPerShard: 50);
            var packer = new ContiguousPacker(corpus.Corpus, WordCorpus.Vocabulary(), length, join, seed: 5, share);
            Assert.True(packer.HasSegments);
            List<long> text = PackedCorpus.Text(packer, epoch, length);
            Assert.Equal(Enumerable.Range(WordCorpus.FirstWord, (int)corpus.Corpus.TokenCount).Select(id => (long)id), text.Order());
            int pairs = 0;
            for (long i = 0; i < packer.ExampleCount; i++)
            {
                (long[] ids, long[] types) = PackedCorpus.Example(packer, epoch, i, length);
                int first = types.Count(type => type == 0);
                Assert.Equal(types.Order(), types);
                if (join && i + 1 < packer.ExampleCount) Assert.Equal(length, ids.Length);
                if (first == ids.Length) continue;
                pairs++;
                Assert.Equal(WordCorpus.Sep, ids[first - 1]);
                Assert.InRange(first - 2, (ids.Length - 3) / 4, ids.Length - 3 - ((ids.Length - 3) / 4)); // in the middle half
            }

            Assert.InRange(pairs, 0, Math.Ceiling(packer.ExampleCount * share));
            if (join) Assert.InRange(pairs, Math.Floor(packer.ExampleCount * share) - 1, Math.Ceiling(packer.ExampleCount * share));
        },
        iter: 60, threads: 1);
}
