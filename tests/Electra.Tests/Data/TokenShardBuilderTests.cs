using Electra.Data;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Data;

public sealed class TokenShardBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shards_are_the_same_whatever_the_thread_count()
    {
        // More than a dozen portions, so that several threads are at work at once.
        var corpus = WordCorpus.Random(15_000);
        foreach (int threads in new[] { 1, 2, 7 }) Builder(threads).Build(corpus, _folder.File($"{threads}"));
        string[] files = [.. Directory.GetFiles(_folder.File("1")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.True(files.Length > 5);
        foreach (string other in new[] { "2", "7" })
        {
            Assert.Equal(files, Directory.GetFiles(_folder.File(other)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder.File($"1/{file}")), File.ReadAllBytes(_folder.File($"{other}/{file}"))));
        }

        static TokenShardBuilder Builder(int threads) => new(
            WordCorpus.Vocabulary(2_000_000), WordCorpus.Encode, new() { ThreadCount = threads, TokensPerShard = 100_000 });
    }

    [Theory]
    [InlineData(60_000, 1)]
    [InlineData(60_000, 2)]
    [InlineData(2_000_000, 3)]
    [InlineData(2_000_000, 40)] // more parts than portions
    public void Parts_of_several_processes_make_the_same_shards(int vocabularySize, int count)
    {
        var corpus = new PiecedCorpus(6_000, vocabularySize - 1);
        int skipped = 0;
        TokenShardBuilder Builder() => new(WordCorpus.Vocabulary(vocabularySize), WordCorpus.Encode, new() { ThreadCount = 2, TokensPerShard = 50_000, OnMalformed = _ => skipped++ });
        Builder().Build(corpus, _folder.File("whole"));
        Assert.Equal(1, skipped);
        Parallel.For(0, count, part => Builder().BuildPart(corpus, _folder.File("parts"), part, count));
        Builder().Assemble(_folder.File("parts"), count);
        string[] files = [.. Directory.GetFiles(_folder.File("whole")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.True(files.Length > 3);
        Assert.Equal(files, Directory.GetFiles(_folder.File("parts")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder.File("whole", file)), File.ReadAllBytes(_folder.File("parts", file))));
    }

    [Fact]
    public void Parts_of_another_text_or_vocabulary_or_without_text_make_no_shards()
    {
        TokenShardBuilder builder = new(WordCorpus.Vocabulary(), WordCorpus.Encode);
        string folder = _folder.FullPath;
        builder.BuildPart(WordCorpus.Random(10), folder, 0, 2);
        builder.BuildPart(WordCorpus.Random(11), folder, 1, 2);
        Assert.Contains("another text", Assert.Throws<InvalidDataException>(() => builder.Assemble(folder, 2)).Message, StringComparison.Ordinal);
        new TokenShardBuilder(WordCorpus.Vocabulary() with { Hash = new string('b', 64) }, WordCorpus.Encode).BuildPart(WordCorpus.Random(10), folder, 1, 2);
        Assert.Contains("another vocabulary", Assert.Throws<InvalidDataException>(() => builder.Assemble(folder, 2)).Message, StringComparison.Ordinal);
        builder.BuildPart(new WordCorpus([]), folder, 0, 1);
        Assert.Contains("no text", Assert.Throws<InvalidDataException>(() => builder.Assemble(folder, 1)).Message, StringComparison.Ordinal);
        Assert.False(TokenShardManifest.Exists(folder));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.BuildPart(WordCorpus.Random(10), folder, 2, 2));
    }

    /// <summary>Some documents in pieces, some without a token, one that can't be read.</summary>
    private sealed class PiecedCorpus(int documents, int largest) : IDocumentSource
    {
        public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) => ReadDocuments(new CorpusReport(), cancellationToken);

        public IEnumerable<Document> ReadDocuments(CorpusReport report, CancellationToken cancellationToken = default)
        {
            var random = new Random(2);
            report.Add(new MalformedRecord("a", 1, "torn"));
            for (int i = 0; i < documents; i++)
            {
                var document = new Document([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Line())], IsContinuation: i % 5 == 3);
                report.Add(document);
                yield return document;
            }

            string Line() => random.Next(9) == 0 ? " " : string.Join(' ', Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(10, largest)));
        }
    }

    [Fact]
    public void A_tokenizer_gives_its_ids_and_its_hash()
    {
        var tokenizer = new ElectraTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##able", "a"]);
        new TokenShardBuilder(tokenizer).Build(new WordCorpus([["Unable a", "b"]]), _folder.FullPath);
        using var dataset = PretrainingDataset.Open(_folder.FullPath, new DataOptions { SequenceLength = 8, HeldOutFraction = 0 });
        dataset.RequireVocabulary(tokenizer);
        using TokenBatch batch = dataset.ReadBatch(default, 1);
        Assert.Equal([2, 5, 6, 7, 1, 3, 3, 0], batch.InputIds.data<long>().ToArray());
        var cased = new ElectraTokenizer(tokenizer.Vocabulary, new ElectraTokenizerOptions { Lowercase = false });
        Assert.Throws<ArgumentException>(() => dataset.RequireVocabulary(cased));
    }

    [Fact]
    public void Shards_tell_which_tokens_continue_a_word_and_older_ones_do_without()
    {
        var tokenizer = new ElectraTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##able", "a", "##b", "#", "##c"]);
        new TokenShardBuilder(tokenizer).Build(new WordCorpus([["Unable a", "b"]]), _folder.FullPath);
        ShardVocabulary vocabulary = TokenShardManifest.Load(_folder.FullPath).Vocabulary;
        Assert.Equal([6, 8, 10], vocabulary.ContinuesWord()!.Index().Where(one => one.Item).Select(one => one.Index));

        string file = _folder.File(TokenShardManifest.FileName), text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace(vocabulary.Continuations!, "QA==", StringComparison.Ordinal));
        Assert.Contains("a bit for each of 11 tokens", Assert.Throws<InvalidDataException>(() => TokenShardManifest.Load(_folder.FullPath)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace($"\"{vocabulary.Continuations}\"", "null", StringComparison.Ordinal));
        Assert.Null(TokenShardManifest.Load(_folder.FullPath).Vocabulary.ContinuesWord());
    }

    [Fact]
    public void Lines_and_documents_without_tokens_are_left_out_and_the_manifest_counts_the_rest()
    {
        var corpus = new WordCorpus([["10 11", " ", "12"], [" "], [], ["13"]]);
        TokenShardManifest manifest = corpus.BuildInto(_folder.FullPath);
        Assert.Equal((2, 3, 4), (manifest.Documents, manifest.Lines, manifest.Tokens));
        Assert.Equal([new TokenShardEntry("shard-00000.tokens", 2, 3, 4)], manifest.Shards);
        TokenShardManifest loaded = TokenShardManifest.Load(_folder.FullPath);
        Assert.Equal(manifest.Shards, loaded.Shards);
        Assert.Equal(manifest with { Shards = loaded.Shards }, loaded);
    }

    [Fact]
    public void Progress_counts_up_to_the_whole_and_names_the_malformed()
    {
        File.WriteAllBytes(_folder.File("a.txt"), [.. "10 11\n"u8, 0xFF, .. "\n\n12"u8]);
        (TokenizationProgress last, MalformedRecord? malformed) = (default, null);
        var options = new TokenShardBuilderOptions { OnProgress = progress => last = progress, OnMalformed = record => malformed = record };
        TokenShardManifest manifest = new TokenShardBuilder(WordCorpus.Vocabulary(), WordCorpus.Encode, options)
            .Build(new TextDocumentSource(_folder.File("a.txt"), new CorpusOptions { SkipMalformed = true }), _folder.File("shards"));
        Assert.Equal(new TokenizationProgress(2, 7, 3, 1), last);
        Assert.Equal(2, malformed!.Line);
        Assert.Equal((7, 1), (manifest.Characters, manifest.Malformed));
    }

    [Fact]
    public void An_interrupted_build_cannot_be_opened_and_can_be_run_again()
    {
        var corpus = WordCorpus.Random(15_000);
        Assert.Throws<InvalidOperationException>(() => new FailingAfter(corpus, 14_000).BuildInto(_folder.FullPath));
        Assert.NotEmpty(Directory.GetFiles(_folder.FullPath, "shard-*.tokens"));
        Assert.Empty(Directory.GetFiles(_folder.FullPath, "*.tmp"));
        var error = Assert.Throws<InvalidDataException>(() => PretrainingDataset.Open(_folder.FullPath, new DataOptions()));
        Assert.Contains("there is no shards.json", error.Message, StringComparison.Ordinal);

        WordCorpus.Random(50).BuildInto(_folder.FullPath);
        Assert.Equal(50, TokenShardManifest.Load(_folder.FullPath).Documents);
    }

    [Fact]
    public void A_rebuild_that_fails_leaves_no_complete_looking_folder()
    {
        WordCorpus.Random(50).BuildInto(_folder.FullPath);
        var builder = new TokenShardBuilder(WordCorpus.Vocabulary(), WordCorpus.Encode, new() { Overwrite = true });
        Assert.Throws<InvalidOperationException>(() => builder.Build(new FailingAfter(WordCorpus.Random(50), 10), _folder.FullPath));
        Assert.False(TokenShardManifest.Exists(_folder.FullPath));
    }

    [Fact]
    public void A_complete_folder_is_not_overwritten_unasked_and_other_files_stay()
    {
        WordCorpus.Random(20).BuildInto(_folder.FullPath);
        File.WriteAllText(_folder.File("vocab.txt"), "mine");
        Assert.Throws<ArgumentException>(() => WordCorpus.Random(30).BuildInto(_folder.FullPath));
        var builder = new TokenShardBuilder(WordCorpus.Vocabulary(), WordCorpus.Encode, new() { Overwrite = true });
        builder.Build(WordCorpus.Random(30), _folder.FullPath);
        Assert.Equal(30, TokenShardManifest.Load(_folder.FullPath).Documents);
        Assert.Equal("mine", File.ReadAllText(_folder.File("vocab.txt")));
        Assert.Single(Directory.GetFiles(_folder.FullPath, "*.tokens"));
    }

    [Fact]
    public void An_error_of_the_tokenizer_comes_through()
    {
        var corpus = new WordCorpus([["10"], ["ten"]]);
        Assert.Throws<FormatException>(() => corpus.BuildInto(_folder.FullPath));
        Assert.Throws<ArgumentException>(() => new WordCorpus([["70000"]]).BuildInto(_folder.FullPath));
    }

    [Fact]
    public void A_corpus_without_text_is_an_error() =>
        Assert.Throws<InvalidDataException>(() => new WordCorpus([[" "]]).BuildInto(_folder.FullPath));

    [Fact]
    public void Cancelling_stops_the_build()
    {
        using var stop = new CancellationTokenSource();
        var options = new TokenShardBuilderOptions { OnProgress = _ => stop.Cancel() };
        var builder = new TokenShardBuilder(WordCorpus.Vocabulary(2_000_000), WordCorpus.Encode, options);
        Assert.Throws<OperationCanceledException>(() => builder.Build(WordCorpus.Random(15_000), _folder.FullPath, stop.Token));
        Assert.False(TokenShardManifest.Exists(_folder.FullPath));
    }

    [Theory]
    [InlineData("{}", "vocabulary")]
    [InlineData("null", "null")]
    [InlineData("{ \"vers", "shards.json")]
    public void A_damaged_manifest_is_named(string content, string message)
    {
        File.WriteAllText(_folder.File("shards.json"), content);
        var error = Assert.Throws<InvalidDataException>(() => TokenShardManifest.Load(_folder.FullPath));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("shards.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "the version is 2")]
    [InlineData("\"shard-00000.tokens\"", "\"../shard-00000.tokens\"", "outside the folder")]
    [InlineData("\"lines\"", "\"rows\": 1, \"lines\"", "rows")]
    public void An_altered_manifest_is_refused(string from, string to, string message)
    {
        WordCorpus.Random(5).BuildInto(_folder.FullPath);
        File.WriteAllText(_folder.File("shards.json"), File.ReadAllText(_folder.File("shards.json")).Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<InvalidDataException>(() => TokenShardManifest.Load(_folder.FullPath));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private sealed class FailingAfter(IDocumentSource source, int documents) : IDocumentSource
    {
        public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default)
        {
            foreach (Document document in source.ReadDocuments(cancellationToken).Take(documents)) yield return document;
            throw new InvalidOperationException("the power is gone");
        }

        public void BuildInto(string folder)
        {
            var options = new TokenShardBuilderOptions { TokensPerShard = 10_000, ThreadCount = 1 };
            new TokenShardBuilder(WordCorpus.Vocabulary(2_000_000), WordCorpus.Encode, options).Build(this, folder);
        }
    }
}
