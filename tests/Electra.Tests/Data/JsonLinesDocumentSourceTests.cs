using System.Text;
using Electra.Data;

namespace Electra.Tests.Data;

public sealed class JsonLinesDocumentSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_line_is_a_document_and_line_ends_inside_part_its_lines()
    {
        string path = Write(
            """{"id": 1, "text": "one\n\n two \r\nthree"}""", "", """{"text": "\u00e9\ud83d\ude00"}""", """{"text": " \n"}""");
        Assert.Equal([["one", "two", "three"], ["é😀"]], Read(path));
    }

    [Fact]
    public void The_text_field_can_be_named() =>
        Assert.Equal([["b"]], Read(Write("""{"text": "a", "content": "b"}"""), new CorpusOptions { TextField = "content" }));

    [Theory]
    [InlineData("{\"text\": \"cut", "not valid JSON")]
    [InlineData("{\"text\": \"a\"} {}", "not valid JSON")]
    [InlineData("[\"text\"]", "holds a JSON array, not an object")]
    [InlineData("{\"title\": \"a\"}", "no field 'text'")]
    [InlineData("{\"text\": 5}", "is a JSON number, not a string")]
    [InlineData("{\"text\": null}", "is a JSON null, not a string")]
    [InlineData("{\"text\": true}", "is a JSON boolean, not a string")]
    [InlineData("{\"text\": \"\\ud800\"}", "half of a surrogate pair")]
    public void A_bad_line_is_skipped_with_its_reason_or_fatal(string line, string reason)
    {
        string path = Write("{\"text\": \"before\"}", line, "{\"text\": \"after\"}");
        var report = new CorpusReport();
        Assert.Equal([["before"], ["after"]], Read(path, report: report));
        MalformedRecord record = Assert.Single(report.FirstMalformed);
        Assert.Equal((path, 2), (record.File, record.Line));
        Assert.Contains(reason, record.Reason, StringComparison.Ordinal);

        var error = Assert.Throws<InvalidDataException>(() => Read(path, new CorpusOptions { StopAtMalformed = true }));
        Assert.Contains($"{path}, line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_is_a_bad_line()
    {
        File.WriteAllBytes(_folder["b.jsonl"], [.. "{\"text\": \""u8, 0xFF, .. "\"}\n{\"text\": \"good\"}"u8]);
        var report = new CorpusReport();
        Assert.Equal([["good"]], Read(_folder["b.jsonl"], report: report));
        Assert.Equal(1, report.Malformed);
    }

    private static List<IReadOnlyList<string>> Read(string path, CorpusOptions? options = null, CorpusReport? report = null) =>
        [.. CorpusFiles.OpenFile(path, options).ReadDocuments(report ?? new CorpusReport()).Select(document => document.Lines)];

    private string Write(params string[] lines)
    {
        File.WriteAllText(_folder["a.jsonl"], string.Join('\n', lines), new UTF8Encoding(false));
        return _folder["a.jsonl"];
    }
}
