using Electra.Data;

namespace Electra.Tests.Data;

public sealed class CorpusFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CorpusFilesTests()
    {
        Directory.CreateDirectory(_folder["sub/deep"]);
        foreach (string name in new[] { "b.txt", "a.jsonl.zst", "B.TXT.GZ", "notes.md", "sub/c.parquet", "sub/deep/a.txt" })
            File.WriteAllText(_folder[name], "text");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("b.txt", "b.txt")]
    [InlineData("", "B.TXT.GZ", "a.jsonl.zst", "b.txt", "sub/c.parquet", "sub/deep/a.txt")]
    [InlineData("*.txt", "b.txt")]
    [InlineData("*", "B.TXT.GZ", "a.jsonl.zst", "b.txt")]
    [InlineData("**/*.txt", "b.txt", "sub/deep/a.txt")]
    [InlineData("**", "B.TXT.GZ", "a.jsonl.zst", "b.txt", "sub/c.parquet", "sub/deep/a.txt")]
    [InlineData("s*/?.parquet", "sub/c.parquet")]
    [InlineData("sub/**/a.txt", "sub/deep/a.txt")]
    public void Files_folders_and_globs_give_files_in_a_fixed_order(string input, params string[] expected) =>
        Assert.Equal(expected.Select(name => _folder[name]), CorpusFiles.Expand([_folder[input].TrimEnd('/')]));

    [Fact]
    public void A_file_found_twice_is_given_once_where_it_came_first() =>
        Assert.Equal([_folder["sub/deep/a.txt"], _folder["b.txt"]], CorpusFiles.Expand([_folder["sub/deep"], _folder["**/*.txt"]]));

    [Theory]
    [InlineData("missing.txt", "does not exist")]
    [InlineData("notes.md", "unknown extension: expected .txt, .jsonl or .parquet")]
    [InlineData("*.csv", "holds no file")]
    [InlineData("missing/*.txt", "holds no file")]
    [InlineData("*.md", "1 files, but none with a known extension")]
    public void What_gives_no_corpus_is_a_clear_error(string input, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => CorpusFiles.Expand([_folder[input]]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(input, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_input_is_an_error() => Assert.Throws<ArgumentException>(() => CorpusFiles.Expand([]));

    [Fact]
    public void The_fingerprint_changes_with_a_file_the_list_and_the_options()
    {
        string all = CorpusFiles.Fingerprint([_folder.Path]);
        Assert.Equal(all, CorpusFiles.Fingerprint([_folder.Path]));
        Assert.NotEqual(all, CorpusFiles.Fingerprint([_folder["b.txt"]]));
        Assert.NotEqual(all, CorpusFiles.Fingerprint([_folder.Path], new CorpusOptions { OneDocumentPerLine = true }));
        File.AppendAllText(_folder["b.txt"], "more");
        Assert.NotEqual(all, CorpusFiles.Fingerprint([_folder.Path]));
    }

    [Fact]
    public void Sources_are_read_one_after_the_other_and_can_be_read_again()
    {
        File.WriteAllText(_folder["b.txt"], "one");
        IDocumentSource source = CorpusFiles.Open([_folder["b.txt"], _folder["sub/deep/a.txt"]]);
        var report = new CorpusReport();
        Assert.Equal(["one", "text"], source.ReadDocuments(report).SelectMany(document => document.Lines));
        Assert.Equal(["one", "text"], source.ReadDocuments().SelectMany(document => document.Lines));
        Assert.Equal(2, report.Documents);
    }
}
