using System.IO.Compression;
using System.Text;
using Electra.Data;
using Electra.Tests.Support;
using ZstdSharp;

namespace Electra.Tests.Data;

public sealed class TextDocumentSourceTests : IDisposable
{
    private static readonly CorpusOptions Skipping = new() { SkipMalformed = true };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void A_blank_line_ends_a_document(string compression)
    {
        string path = Write("a.txt" + compression, "first line\r\n  second line \n\n \t\n\nthird\n\n");
        Assert.Equal([["first line", "second line"], ["third"]], Read(path));
    }

    [Fact]
    public void Each_line_is_a_document_by_option() =>
        Assert.Equal([["a"], ["b"]], Read(Write("a.txt", "a\n\nb"), new CorpusOptions { OneDocumentPerLine = true }));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\uFEFF")]
    public void A_file_without_text_has_no_document(string content) => Assert.Empty(Read(Write("a.txt", content)));

    [Fact]
    public void A_byte_order_mark_is_no_text() => Assert.Equal([["a", "\uFEFFb"]], Read(Write("a.txt", "\uFEFFa\n\uFEFFb")));

    [Fact]
    public void Invalid_utf8_costs_its_line_and_is_reported_with_its_place()
    {
        File.WriteAllBytes(_folder.File("a.txt"), [.. "good\n"u8, 0xC3, 0x28, .. "\nalso good\n\n"u8, 0xFF, .. "\nlast"u8]);
        var skipped = new List<MalformedRecord>();
        var report = new CorpusReport(skipped.Add);
        Assert.Equal([["good", "also good"], ["last"]], Read(_folder.File("a.txt"), Skipping, report));
        Assert.Equal([2, 5], skipped.Select(record => record.Line));
        Assert.Equal((2, 3, 17, 2), (report.Documents, report.Lines, report.Characters, report.Malformed));
        Assert.Contains("a.txt, line 2: the line is not valid UTF-8", report.FirstMalformed[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_ends_the_reading_unless_skipping_is_asked_for()
    {
        File.WriteAllBytes(_folder.File("a.txt"), [.. "good\n"u8, 0xC3, 0x28]);
        var error = Assert.Throws<InvalidDataException>(() => Read(_folder.File("a.txt")));
        Assert.Contains("a.txt, line 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, MalformedRecord.Of(error)!.Line);
    }

    [Fact]
    public void Utf16_is_refused_by_name()
    {
        File.WriteAllText(_folder.File("a.txt"), "text", Encoding.Unicode);
        var error = Assert.Throws<InvalidDataException>(() => Read(_folder.File("a.txt"), Skipping));
        Assert.Contains("UTF-16", error.Message, StringComparison.Ordinal);
        Assert.Null(MalformedRecord.Of(error));
    }

    [Fact]
    public void An_overlong_line_is_skipped_and_the_next_one_read()
    {
        string path = Write("a.txt", $"short\n{new string('x', 200_000)}\nnext\n{new string('y', 101)}");
        var report = new CorpusReport();
        Assert.Equal([["short", "next"]], Read(path, Skipping with { MaximumLineBytes = 100 }, report));
        Assert.Equal([2, 4], report.FirstMalformed.Select(record => record.Line));
    }

    [Fact]
    public void Lines_of_every_length_around_the_buffer_size_survive()
    {
        string[] lines = [.. Enumerable.Range(65_530, 12).Select(length => new string('é', length / 2) + length)];
        Assert.Equal([lines], Read(Write("a.txt", string.Join('\n', lines))));
    }

    [Fact]
    public void A_long_document_comes_in_pieces_without_loss()
    {
        string[] lines = [.. Enumerable.Range(0, 100).Select(i => $"line {i}")];
        var options = new CorpusOptions { MaximumDocumentCharacters = 50 };
        List<IReadOnlyList<string>> pieces = Read(Write("a.txt", string.Join('\n', lines)), options);
        Assert.True(pieces.Count > 10);
        Assert.Equal(lines, pieces.SelectMany(piece => piece));
    }

    [Theory]
    [InlineData("a.txt", "123456\n789\n\n1234567\n\n\nabc", "123456", "+789", "1234567", "abc")]
    [InlineData("a.jsonl", "{\"text\": \"123456\\n123456\\n789\"}\n{\"text\": \"abc\"}", "123456", "+123456", "+789", "abc")]
    public void Pieces_say_that_they_continue_a_document_which_counts_once(string name, string content, params string[] expected)
    {
        var report = new CorpusReport();
        IDocumentSource source = CorpusFiles.OpenFile(Write(name, content), new CorpusOptions { MaximumDocumentCharacters = 6 });
        Assert.Equal(expected, source.ReadDocuments(report).Select(document => (document.IsContinuation ? "+" : "") + document.Lines[0]));
        Assert.Equal(expected.Count(piece => piece[0] != '+'), report.Documents);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void Damaged_compressed_data_is_named_and_never_taken_for_the_end(string compression)
    {
        string path = Write("a.txt" + compression, string.Join('\n', Enumerable.Range(0, 20_000)));
        byte[] whole = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 3, 20, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Read(path)).Message, StringComparison.Ordinal);
        }

        byte[] altered = [.. whole];
        altered[0] ^= 1;
        File.WriteAllBytes(path, altered);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void Compressed_files_joined_end_to_end_are_read_to_the_last(string compression)
    {
        byte[] first = File.ReadAllBytes(Write("a.txt" + compression, "one\ntw"));
        byte[] second = File.ReadAllBytes(Write("b.txt" + compression, "o\nthree"));
        File.WriteAllBytes(_folder.File("c.txt" + compression), [.. first, .. second]);
        Assert.Equal([["one", "two", "three"]], Read(_folder.File("c.txt" + compression)));
    }

    [Fact]
    public void The_defaults_are_the_documented_ones() => Assert.Equal(
        new CorpusOptions
        {
            TextField = "text",
            OneDocumentPerLine = false,
            SkipMalformed = false,
            MaximumDocumentCharacters = 1_000_000,
            MaximumLineBytes = 64 << 20,
        },
        new CorpusOptions());

    [Fact]
    public void Reading_stops_when_cancelled()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => new TextDocumentSource(Write("a.txt", "a")).ReadDocuments(stop.Token).ToList());
    }

    private static List<IReadOnlyList<string>> Read(string path, CorpusOptions? options = null, CorpusReport? report = null) =>
        [.. CorpusFiles.OpenFile(path, options).ReadDocuments(report ?? new CorpusReport()).Select(document => document.Lines)];

    private string Write(string name, string content)
    {
        using FileStream file = File.Create(_folder.File(name));
        using Stream stream = Path.GetExtension(name) switch
        {
            ".gz" => new GZipStream(file, CompressionLevel.Optimal),
            ".zst" => new CompressionStream(file),
            _ => file,
        };
        stream.Write(Encoding.UTF8.GetBytes(content));
        return file.Name;
    }
}
