using System.Buffers.Binary;
using Electra.Data;
using Electra.Tests.Fuzzing;
using Electra.Tests.Support;
using Xunit.Abstractions;

namespace Electra.Tests.Data;

/// <summary>Whatever is in a folder of token shards, it is read or a clean error.</summary>
[Trait("Category", "Fuzz")]
public sealed class TokenShardFuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mutated_manifests_never_fail_with_anything_but_a_data_error()
    {
        var mutator = new Mutator("{", "}", "[", "]", ":", ",", "\"", "null", "true", "0", "-1", "1e3", "2147483648", "9223372036854775808", "..", "/", "\\u0000", "\"file\"", "\"extra\": 1,");
        WordCorpus.Random(20).BuildInto(_folder.FullPath, tokensPerShard: 100);
        string path = _folder.File(TokenShardManifest.FileName);
        byte[] whole = File.ReadAllBytes(path);
        FuzzRun.Over("shards.json", output, random =>
        {
            File.WriteAllBytes(path, mutator.Mutate(whole, random));
            TokenShardManifest manifest = TokenShardManifest.Load(_folder.FullPath);
            Assert.All(manifest.Shards, shard => Assert.Equal(shard.File, Path.GetFileName(shard.File)));
            if (random.Next(8) == 0) PretrainingDataset.Open(_folder.FullPath, new() { SequenceLength = 16, BatchSize = 2 }).Dispose();
        });
    }

    [Fact]
    public void Mutated_shards_with_right_checksums_never_fail_with_anything_but_a_data_error()
    {
        var mutator = new Mutator("\0", "\x01", "\x02", "\x04", "\x7F", "\x80", "\xFF\xFF\xFF\xFF", "\0\0\0\0", "ELECTOKS");
        string path = _folder.File("a.tokens");
        using (var writer = new TokenShardWriter(path, WordCorpus.Vocabulary(100)))
        {
            writer.AddDocument([5, 6, 7, 8], [3, 1]);
            writer.AddDocument([9, 10], [2]);
            writer.AddDocument([11], [1]);
            writer.Complete();
        }

        byte[] whole = File.ReadAllBytes(path);
        FuzzRun.Over("token shard", output, random =>
        {
            byte[] file = mutator.Mutate(whole, random);
            if (random.Next(4) != 0 && file.Length == whole.Length) Repair(file);
            File.WriteAllBytes(path, file);
            using TokenShardReader reader = TokenShardReader.Open(path);
            reader.VerifyAll();
            var lines = new List<int>();
            for (int i = 0; i < reader.DocumentCount; i++)
            {
                reader.CopyTokens(reader.TokenStart(i), new long[reader.TokensIn(i)]);
                reader.CopyLineLengths(i, lines);
            }
        });
    }

    // One block, its checksum, that of the table of one, and the header's.
    private static void Repair(byte[] file)
    {
        const int header = TokenShardHeader.Bytes;
        Span<byte> table = file.AsSpan(file.Length - sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(table, Crc32C.Compute(file.AsSpan(header, file.Length - header - sizeof(uint))));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(header - 8), Crc32C.Compute(table));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(header - 4), Crc32C.Compute(file.AsSpan(0, header - 4)));
    }
}
