using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

public sealed class CorpusIdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CorpusIdentityTests()
    {
        Directory.CreateDirectory(_folder.File("text"));
        foreach (string name in new[] { "a", "b", "c" }) File.WriteAllText(_folder.File($"text/{name}.txt"), $"the text of {name}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_corpus_that_was_touched_copied_renamed_or_put_in_another_order_is_the_same()
    {
        CorpusIdentity before = Identity();
        File.SetLastWriteTimeUtc(_folder.File("text/a.txt"), DateTime.UnixEpoch);
        Directory.Move(_folder.File("text"), _folder.File("moved"));
        File.Move(_folder.File("moved/a.txt"), _folder.File("moved/z.txt"));
        Assert.Empty(CorpusIdentity.Of([_folder.File("moved/z.txt"), _folder.File("moved/c.txt"), _folder.File("moved/b.txt")]).DifferencesFrom(before));
    }

    [Fact]
    public void Files_that_are_new_gone_or_altered_are_named()
    {
        CorpusIdentity before = Identity();
        File.AppendAllText(_folder.File("text/a.txt"), "!");
        File.Delete(_folder.File("text/b.txt"));
        File.WriteAllText(_folder.File("text/d.txt"), "the text of d");
        Assert.Equal(
            [$"altered: {_folder.File("text/a.txt")}", $"new: {_folder.File("text/d.txt")}", $"gone: {_folder.File("text/b.txt")}"],
            Identity().DifferencesFrom(before));
        Assert.Empty(before.DifferencesFrom(before));
    }

    [Fact]
    public void A_second_copy_of_a_file_and_many_new_files_are_differences()
    {
        CorpusIdentity before = Identity();
        File.Copy(_folder.File("text/a.txt"), _folder.File("text/a2.txt"));
        Assert.StartsWith("new: ", Assert.Single(Identity().DifferencesFrom(before)), StringComparison.Ordinal);
        for (int i = 0; i < 20; i++) File.WriteAllText(_folder.File($"text/new{i:D2}.txt"), $"{i}");
        Assert.EndsWith(", ... (21 in all)", Assert.Single(Identity().DifferencesFrom(before)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_of_reading_counts_and_so_does_what_a_program_adds()
    {
        CorpusIdentity before = Identity();
        CorpusIdentity now = CorpusIdentity.Of(CorpusFiles.Expand([_folder.File("text")]), new CorpusOptions { OneDocumentPerLine = true });
        Assert.Equal(["OneDocumentPerLine is True, but was False"], now.DifferencesFrom(before));
        CorpusIdentity learned = before.With("vocabulary", "learned, 300 tokens");
        Assert.Equal(["vocabulary is learned, 300 tokens, but was not given"], learned.DifferencesFrom(before));
        Assert.Equal(["vocabulary is not given, but was learned, 300 tokens"], before.DifferencesFrom(learned));

        File.Move(_folder.File("text/a.txt"), _folder.File("text/a.jsonl"));
        Assert.Equal(2, Identity().DifferencesFrom(before).Count);
        CorpusIdentity lines = Identity();
        File.Move(_folder.File("text/a.jsonl"), _folder.File("text/a.json"));
        Assert.Empty(Identity().DifferencesFrom(lines));
    }

    [Fact]
    public void Of_a_large_file_the_length_the_ends_and_places_between_are_looked_at()
    {
        const int Megabytes = 5;
        string path = _folder.File("large.txt");
        var bytes = new byte[Megabytes << 20];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        CorpusIdentity before = CorpusIdentity.Of([path]);
        foreach (int at in new[] { 0, 65_535, bytes.Length / 7, bytes.Length - 65_536, bytes.Length - 1 })
        {
            bytes[at]++;
            File.WriteAllBytes(path, bytes);
            Assert.NotEmpty(CorpusIdentity.Of([path]).DifferencesFrom(before));
            bytes[at]--;
        }

        File.WriteAllBytes(path, [.. bytes, 0]);
        Assert.NotEmpty(CorpusIdentity.Of([path]).DifferencesFrom(before));
        File.WriteAllBytes(path, bytes);
        Assert.Empty(CorpusIdentity.Of([path]).DifferencesFrom(before));
    }

    [Fact]
    public void Shards_keep_it()
    {
        CorpusIdentity identity = Identity().With("vocabulary", "given");
        var options = new TokenShardBuilderOptions { Corpus = identity };
        new TokenShardBuilder(WordCorpus.Vocabulary(), WordCorpus.Encode, options).Build(WordCorpus.Random(5), _folder.File("shards"));
        Assert.Empty(identity.DifferencesFrom(TokenShardManifest.Load(_folder.File("shards")).Corpus!));
    }

    [Fact]
    public void A_manifest_of_an_earlier_version_has_none()
    {
        WordCorpus.Random(5).BuildInto(_folder.File("shards"));
        string path = _folder.File("shards/shards.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"malformed\"", "\"corpus_fingerprint\": \"abc\", \"malformed\"", StringComparison.Ordinal));
        Assert.Null(TokenShardManifest.Load(_folder.File("shards")).Corpus);
    }

    private CorpusIdentity Identity() => CorpusIdentity.Of(CorpusFiles.Expand([_folder.File("text")]));
}
