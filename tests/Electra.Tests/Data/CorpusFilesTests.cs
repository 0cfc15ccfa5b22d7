using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

public sealed class CorpusFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CorpusFilesTests()
    {
        Directory.CreateDirectory(_folder.File("sub/deep"));
        foreach (string name in new[] { "b.txt", "a.jsonl.zst", "B.TXT.GZ", "notes.md", "sub/c.parquet", "sub/deep/a.txt" })
            File.WriteAllText(_folder.File(name), "text");
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
        Assert.Equal(expected.Select(name => _folder.File(name)), CorpusFiles.Expand([_folder.File(input).TrimEnd('/')]));

    [Fact]
    public void A_file_found_twice_is_given_once_where_it_came_first() =>
        Assert.Equal([_folder.File("sub/deep/a.txt"), _folder.File("b.txt")], CorpusFiles.Expand([_folder.File("sub/deep"), _folder.File("**/*.txt")]));

    [Theory]
    [InlineData("missing.txt", "does not exist")]
    [InlineData("notes.md", "unknown extension: expected .txt, .jsonl (or .ndjson, .json) or .parquet")]
    [InlineData("*.csv", "holds no file")]
    [InlineData("missing/*.txt", "holds no file")]
    [InlineData("*.md", "left out: 1 with another extension (")]
    public void What_gives_no_corpus_is_a_clear_error(string input, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => CorpusFiles.Expand([_folder.File(input)]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(input, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c4-train.00000.json.gz")]
    [InlineData("b.json")]
    [InlineData("c.ndjson.zst")]
    public void Json_lines_have_several_extensions(string name)
    {
        File.WriteAllText(_folder.File(name), "");
        Assert.Contains(_folder.File(name), CorpusFiles.Expand([_folder.FullPath]));
        Assert.IsType<JsonLinesDocumentSource>(CorpusFiles.OpenFile(_folder.File(name)));
    }

    [Theory]
    [InlineData(".hidden.txt")]
    [InlineData(".ipynb_checkpoints/a.txt")]
    [InlineData("sub/.git/deep/a.txt")]
    public void What_is_hidden_is_read_only_when_the_glob_or_the_name_says_so(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), "text");
        foreach (string input in new[] { _folder.FullPath, _folder.File("**/*.txt"), _folder.File("*/*"), _folder.File("**") })
            Assert.DoesNotContain(_folder.File(name), CorpusFiles.Expand([input]));
        Assert.Contains(_folder.File(name), CorpusFiles.Expand([_folder.File(name)]));
        string glob = string.Join('/', name.Split('/').Select(part => part.StartsWith('.') ? ".*" : "*"));
        Assert.Contains(_folder.File(name), CorpusFiles.Expand([_folder.File(glob)]));
    }

    [SkippableFact]
    public void Links_that_form_loops_end_and_give_every_file_once()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a privilege there");
        string[] before = [.. CorpusFiles.Expand([_folder.FullPath])];
        File.CreateSymbolicLink(_folder.File("self"), ".");
        File.CreateSymbolicLink(_folder.File("sub/up"), "..");
        File.CreateSymbolicLink(_folder.File("sub/deep/again.txt"), "a.txt");
        File.CreateSymbolicLink(_folder.File("sub/round.txt"), "round.txt");
        File.CreateSymbolicLink(_folder.File("gone.txt"), "nowhere.txt");
        foreach (string input in new[] { _folder.FullPath, _folder.File("**/*.*"), _folder.File("self/self/sub/up") })
            Assert.Equal(before.Length, CorpusFiles.Expand([input]).Count);
        Assert.Equal(before, CorpusFiles.Expand([_folder.FullPath]));
        Assert.Equal([_folder.File("b.txt")], CorpusFiles.Expand([_folder.File("b.txt"), _folder.File("self/b.txt")]));
    }

    [SkippableFact]
    public void Text_behind_a_link_is_read()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a privilege there");
        using var elsewhere = new TemporaryFolder();
        File.WriteAllText(elsewhere.File("far.txt"), "far");
        File.CreateSymbolicLink(_folder.File("other"), elsewhere.FullPath);
        File.CreateSymbolicLink(_folder.File("link.txt"), elsewhere.File("far.txt"));
        Assert.Contains(_folder.File("link.txt"), CorpusFiles.Expand([_folder.FullPath]));
        Assert.Equal([_folder.File("other/far.txt")], CorpusFiles.Expand([_folder.File("other")]));
    }

    [Fact]
    public void What_is_left_out_is_named_with_its_reason()
    {
        foreach (string name in new[] { ".git/x.txt", "run/shards/shards.json", "run/vocab.txt", "more.md", "notes.txt~", "even-more.md" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            File.WriteAllText(_folder.File(name), "text");
        }

        CorpusFileList list = CorpusFiles.Find([_folder.FullPath]);
        Assert.Equal(
            [
                new(_folder.File(".git"), "hidden"), new(_folder.File("even-more.md"), "with another extension"), new(_folder.File("more.md"), "with another extension"),
                new(_folder.File("notes.md"), "with another extension"), new(_folder.File("notes.txt~"), "with another extension"),
                new(_folder.File("run"), "with a run or a model in it"),
            ],
            list.LeftOut.OrderBy(file => file.Path, StringComparer.Ordinal));
        Assert.Contains(
            $"4 with another extension ({_folder.File("even-more.md")}, {_folder.File("more.md")}, {_folder.File("notes.md")}, ...)", list.DescribeLeftOut(),
            StringComparison.Ordinal);
        Assert.Empty(CorpusFiles.Find([_folder.File("b.txt")]).LeftOut);
        Assert.Empty(CorpusFiles.Find([_folder.File("*.txt")]).LeftOut);
    }

    [Theory]
    [InlineData("shards/shards.json")]
    [InlineData("shards.unfinished/shard-00000.tokens.tmp")]
    [InlineData("shards/shard-00000.tokens")]
    [InlineData("run.lock")]
    [InlineData("checkpoints/step-000100.partial/state.json")]
    [InlineData("model.safetensors")]
    public void A_folder_that_holds_a_run_is_left_out_whatever_is_left_of_the_run(string trace)
    {
        string[] before = [.. CorpusFiles.Expand([_folder.FullPath])];
        foreach (string name in new[] { trace, "vocab.txt", "discriminator/vocab.txt", "metrics.jsonl" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File($"sub/run/{name}"))!);
            File.WriteAllText(_folder.File($"sub/run/{name}"), "{}");
        }

        foreach (string input in new[] { _folder.FullPath, _folder.File("**/*") })
            Assert.Equal(before, CorpusFiles.Expand([input]));
        Assert.Throws<ArgumentException>(() => CorpusFiles.Expand([_folder.File("*/r*/*.txt")]));
        var error = Assert.Throws<ArgumentException>(() => CorpusFiles.Expand([_folder.File("sub/run")]));
        Assert.Contains("with a run or a model in it", error.Message, StringComparison.Ordinal);
        Assert.Equal([_folder.File("sub/run/vocab.txt")], CorpusFiles.Expand([_folder.File("sub/run/vocab.txt")]));
    }

    [Fact]
    public void The_output_folder_is_left_out_before_it_holds_a_run()
    {
        Directory.CreateDirectory(_folder.File("out"));
        string[] before = [.. CorpusFiles.Expand([_folder.FullPath])];
        File.WriteAllText(_folder.File("out/vocab.txt"), "[PAD]");
        Assert.Equal(before, CorpusFiles.Find([_folder.FullPath], _folder.File("sub/../out")).Files);
        Assert.Equal(before, CorpusFiles.Find([_folder.FullPath], _folder.File("nowhere")).Files.Where(file => file != _folder.File("out/vocab.txt")));
        var error = Assert.Throws<ArgumentException>(() => CorpusFiles.Find([_folder.File("*.txt")], _folder.FullPath));
        Assert.Contains("for the output of this run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_input_is_an_error() => Assert.Throws<ArgumentException>(() => CorpusFiles.Expand([]));

    [Fact]
    public void Sources_are_read_one_after_the_other_and_can_be_read_again()
    {
        File.WriteAllText(_folder.File("b.txt"), "one");
        IDocumentSource source = CorpusFiles.Open([_folder.File("b.txt"), _folder.File("sub/deep/a.txt")]);
        var report = new CorpusReport();
        Assert.Equal(["one", "text"], source.ReadDocuments(report).SelectMany(document => document.Lines));
        Assert.Equal(["one", "text"], source.ReadDocuments().SelectMany(document => document.Lines));
        Assert.Equal(2, report.Documents);
    }
}
