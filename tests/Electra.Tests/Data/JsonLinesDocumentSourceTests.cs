using System.Text;
using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

public sealed class JsonLinesDocumentSourceTests : IDisposable
{
    private static readonly CorpusOptions Skipping = new() { SkipMalformed = true };
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
    [InlineData("{\"text\": NaN}", "is a JSON number, not a string")]
    [InlineData("{\"score\": nan, \"text\": \"a\"}", "not valid JSON")]
    public void A_bad_line_is_fatal_or_skipped_with_its_reason(string line, string reason)
    {
        string path = Write("{\"text\": \"before\"}", line, "{\"text\": \"after\"}");
        var report = new CorpusReport();
        Assert.Equal([["before"], ["after"]], Read(path, Skipping, report));
        MalformedRecord record = Assert.Single(report.FirstMalformed);
        Assert.Equal((path, 2), (record.File, record.Line));
        Assert.Contains(reason, record.Reason, StringComparison.Ordinal);

        var error = Assert.Throws<InvalidDataException>(() => Read(path));
        Assert.Contains($"{path}, line 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"score": NaN, "text": "a"}""")]
    [InlineData("""{"scores": [-Infinity, Infinity,NaN], "text": "a"}""")]
    [InlineData("""{"text": "a", "title": "cut \ud83d"}""")]
    [InlineData("""{"text": "a", "\ud83d": {"\udc00\ud83d": "\udc00"}}""")]
    [InlineData("""{"title": "NaN \" NaN \ud83d\ud83d\ude00", "score": NaN, "text": "a"}""")]
    [InlineData("""{"text": 5, "text": "a"}""")]
    public void What_is_odd_in_another_field_does_not_cost_the_document(string line) => Assert.Equal([["a"]], Read(Write(line)));

    [Fact]
    public void Other_fields_may_be_nested_to_any_depth() =>
        Assert.Equal([["a"]], Read(Write($$"""{"deep": {{new string('[', 10_000)}}{{new string(']', 10_000)}}, "text": "a"}""")));

    [Theory]
    [InlineData("""a\ud83db""", "a\uFFFDb")]
    [InlineData("""\ude00\ud83d\ude00\ud83d""", "\uFFFD😀\uFFFD")]
    [InlineData("""\\ud83d""", """\ud83d""")]
    [InlineData("""\uD83D\u0041""", "\uFFFDA")]
    public void Half_a_surrogate_pair_in_the_text_becomes_a_replacement_character(string escaped, string text) =>
        Assert.Equal([[text]], Read(Write($$"""{"text": "{{escaped}}"}""")));

    [Theory]
    [InlineData("[", "one JSON array")]
    [InlineData("""[{"text": "a"}, {"text": "b"}]""", "one JSON array")]
    [InlineData("{", "goes on in the next line")]
    [InlineData("""{ "text": "a",""", "goes on in the next line")]
    [InlineData("""{"meta": {""", "goes on in the next line")]
    public void Json_that_is_no_json_lines_is_refused_with_advice_even_where_bad_lines_are_skipped(string start, string what)
    {
        string path = Write("", start, "\"text\": \"b\" }");
        var error = Assert.Throws<InvalidDataException>(() => Read(path, Skipping));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("jq -c", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_in_one_endless_line_is_named_too()
    {
        string path = Write($"[{string.Join(',', Enumerable.Repeat("{\"text\": \"a\"}", 20_000))}]");
        var error = Assert.Throws<InvalidDataException>(() => Read(path, Skipping with { MaximumLineBytes = 100 }));
        Assert.Contains("one JSON array", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_is_a_bad_line()
    {
        File.WriteAllBytes(_folder.File("b.jsonl"), [.. "{\"text\": \""u8, 0xFF, .. "\"}\n{\"text\": \"good\"}"u8]);
        var report = new CorpusReport();
        Assert.Equal([["good"]], Read(_folder.File("b.jsonl"), Skipping, report));
        Assert.Equal(1, report.Malformed);
    }

    private static List<IReadOnlyList<string>> Read(string path, CorpusOptions? options = null, CorpusReport? report = null) =>
        [.. CorpusFiles.OpenFile(path, options).ReadDocuments(report ?? new CorpusReport()).Select(document => document.Lines)];

    private string Write(params string[] lines)
    {
        File.WriteAllText(_folder.File("a.jsonl"), string.Join('\n', lines), new UTF8Encoding(false));
        return _folder.File("a.jsonl");
    }
}
