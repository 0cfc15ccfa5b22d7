using CsCheck;
using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

public sealed class TokenShardTests : IDisposable
{
    private static readonly Gen<int[][][]> Documents = Gen.Int[0, 65_535].Array[1, 30].Array[1, 5].Array[0, 20];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public void What_is_written_is_read(int vocabSize) => Documents.Sample(
        documents =>
        {
            using TokenShardReader reader = Write(documents, vocabSize);
            Assert.Equal((vocabSize, documents.Length), (reader.VocabSize, reader.DocumentCount));
            Assert.Equal(documents.Sum(document => document.Sum(line => (long)line.Length)), reader.TokenCount);
            for (int i = 0; i < documents.Length; i++)
            {
                var tokens = new long[reader.TokensIn(i)];
                reader.CopyTokens(reader.TokenStart(i), tokens);
                Assert.Equal(documents[i].SelectMany(line => line).Select(id => (long)id), tokens);
                var lines = new List<int> { 1, 2, 3 };
                reader.CopyLineLengths(i, lines);
                Assert.Equal(documents[i].Select(line => line.Length), lines);
            }
        },
        iter: 100, threads: 1);

    [Fact]
    public void A_shard_of_many_blocks_is_read_at_any_place()
    {
        using TokenShardReader reader = Write([[[.. Enumerable.Range(0, 100_000).Select(i => i % 60_000)]]], 60_000);
        var tokens = new long[40];
        foreach (long start in new long[] { 0, 32_760, 32_768, 65_500, 99_960 })
        {
            reader.CopyTokens(start, tokens);
            Assert.Equal(Enumerable.Range(0, 40).Select(i => (start + i) % 60_000), tokens);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.CopyTokens(99_961, tokens));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.CopyTokens(-1, tokens));
    }

    [Fact]
    public void A_change_of_any_byte_is_found()
    {
        using (Write([[[5, 6, 7], [8]], [[9, 10]]], 100)) { }
        byte[] whole = File.ReadAllBytes(_folder.File("a.tokens"));
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] altered = [.. whole];
            altered[at] ^= (byte)(1 << (at % 8));
            Refused(altered);
        }
    }

    [Fact]
    public void Every_truncation_and_extension_is_found()
    {
        using (Write([[[5, 6, 7], [8]], [[9, 10]]], 100)) { }
        byte[] whole = File.ReadAllBytes(_folder.File("a.tokens"));
        for (int length = 0; length < whole.Length; length++) Refused(whole[..length]);
        Refused([.. whole, 0]);
    }

    [Fact]
    public void An_altered_block_is_refused_at_first_use_and_others_stay_readable()
    {
        using (Write([[[.. Enumerable.Range(0, 100_000).Select(i => i % 100)]]], 100)) { }
        byte[] bytes = File.ReadAllBytes(_folder.File("a.tokens"));
        bytes[128 + 65_536 + 17] ^= 4;
        File.WriteAllBytes(_folder.File("a.tokens"), bytes);
        using TokenShardReader reader = TokenShardReader.Open(_folder.File("a.tokens"));
        var tokens = new long[10];
        reader.CopyTokens(0, tokens);
        reader.CopyTokens(70_000, tokens);
        for (int i = 0; i < 2; i++)
        {
            var error = Assert.Throws<InvalidDataException>(() => reader.CopyTokens(32_765, tokens));
            Assert.Contains("a.tokens", error.Message, StringComparison.Ordinal);
            Assert.Contains("block at byte 65,664", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_crafted_header_with_a_right_checksum_is_refused()
    {
        foreach (var header in new TokenShardHeader[]
        {
            new(2, 100, new string('a', 64), long.MaxValue / 2, 1, 1), new(2, 100, new string('a', 64), 4, -1, 1),
            new(3, 100, new string('a', 64), 4, 1, 1), new(2, 100, new string('a', 64), 4, 1, long.MaxValue),
        })
        {
            var bytes = new byte[1000];
            header.Write(bytes.AsSpan(0, 128), 0);
            Refused(bytes);
        }
    }

    [Fact]
    public void A_shard_appears_only_when_completed()
    {
        using (var writer = new TokenShardWriter(_folder.File("a.tokens"), WordCorpus.Vocabulary())) writer.AddDocument([5], [1]);
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void The_writer_refuses_impossible_documents()
    {
        using var writer = new TokenShardWriter(_folder.File("a.tokens"), WordCorpus.Vocabulary(100));
        Assert.Throws<ArgumentException>(() => writer.AddDocument([], []));
        Assert.Throws<ArgumentException>(() => writer.AddDocument([5, 6], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddDocument([5], [1, 0]));
        Assert.Throws<ArgumentException>(() => writer.AddDocument([100], [1]));
        Assert.Throws<ArgumentException>(() => writer.AddDocument([-1], [1]));
        Assert.Equal(0, writer.DocumentCount);
    }

    [Fact]
    public void A_disposed_reader_throws_and_does_not_crash()
    {
        TokenShardReader reader = Write([[[5, 6, 7]]], 100);
        reader.Dispose();
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.CopyTokens(0, new long[1]));
        Assert.Throws<ObjectDisposedException>(() => reader.TokenStart(0));
    }

    private void Refused(byte[] bytes)
    {
        File.WriteAllBytes(_folder.File("a.tokens"), bytes);
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            using TokenShardReader reader = TokenShardReader.Open(_folder.File("a.tokens"));
            reader.VerifyAll();
        });
        Assert.Contains("a.tokens", error.Message, StringComparison.Ordinal);
    }

    private TokenShardReader Write(int[][][] documents, int vocabSize)
    {
        using (var writer = new TokenShardWriter(_folder.File("a.tokens"), WordCorpus.Vocabulary(vocabSize)))
        {
            foreach (int[][] document in documents)
                writer.AddDocument(document.SelectMany(line => line).ToArray(), document.Select(line => line.Length).ToArray());
            writer.Complete();
        }

        return TokenShardReader.Open(_folder.File("a.tokens"));
    }
}
