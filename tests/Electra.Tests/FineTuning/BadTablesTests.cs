using System.IO.Compression;
using System.Text;
using Electra.Data;
using Electra.FineTuning;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.FineTuning;

/// <summary>What users' files have in them.</summary>
public sealed class BadTablesTests : IDisposable
{
    private static readonly TableColumns Columns = new("text", "label");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("t.tsv", "", "the file is empty")]
    [InlineData("t.tsv", "text\tlabel\n", "there is no example in it")]
    [InlineData("t.tsv", "text\tlabel\na\tb\tc\n", "line 2: there are 3 fields where there should be 2")]
    [InlineData("t.tsv", "words\tlabel\na\tb\n", "there is no column 'text'; the columns are words, label")]
    [InlineData("t.tsv", "Text\tlabel\na\tb\n", "did you mean 'Text'?")]
    [InlineData("t.csv", "text,label\n\"a,b\n", "line 2: field 1 has a quote that opens and never closes")]
    [InlineData("t.csv", "text,label\n\"a\"b,c\n", "line 2: field 1 goes on behind its closing quote")]
    [InlineData("t.jsonl", "{\"text\":\"a\",\"label\":\"b\"}\n[1]\n", "line 2: the line holds a JSON array, not an object")]
    [InlineData("t.jsonl", "{\"text\":\"a\",\"label\":\"b\"}\n{\"text\":\n", "line 2: the line is not valid JSON")]
    [InlineData("t.jsonl", "{\"text\":\"a\",\"label\":{\"x\":1}}\n", "the field 'label' is a JSON object")]
    [InlineData("t.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":NaN}\n", "line 2: the line is not valid JSON")]
    public void A_file_that_cannot_be_read_says_where_and_why(string name, string text, string expected)
    {
        string path = folder.Write(name, text);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TextTable.Read(path, Columns));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_cannot_be_read_are_skipped_and_counted_by_option()
    {
        string path = folder.Write("t.csv", "text,label\na,b\n\"open,x\nc,d,e\nf,g\n");
        ExampleSet<TextExample> set = TextTable.Read(path, Columns, new ReadingOptions { SkipMalformed = true }).Set;
        Assert.Equal(["a", "f"], set.Examples.Select(example => example.Text));
        Assert.Equal([3L, 4L], set.Skipped.Select(record => record.Line));
    }

    [Fact]
    public void A_stray_quote_costs_its_own_row()
    {
        string path = folder.Write("t.csv", "text,label\n\"Best movie,pos\na,neg\nb,pos\n\"Nice, really\",pos\n");
        ExampleSet<TextExample> set = TextTable.Read(path, Columns, new ReadingOptions { SkipMalformed = true }).Set;
        Assert.Equal(["a", "b", "Nice, really"], set.Examples.Select(example => example.Text));
        Assert.Equal(2, Assert.Single(set.Skipped).Line);
    }

    [Theory]
    [InlineData("3,5", "4", LabelKind.SingleLabel)]
    [InlineData("3.5", "4", LabelKind.Number)]
    public void A_comma_makes_no_number(string first, string second, LabelKind expected)
    {
        string path = folder.Write("t.tsv", $"text\tlabel\na\t{first}\nb\t{second}\n");
        Assert.Equal(expected, TextTable.Read(path, Columns).Kind);
        if (expected == LabelKind.Number) return;
        string told = Assert.Throws<InvalidDataException>(() => TextTable.Read(path, Columns, kind: LabelKind.Number)).Message;
        Assert.Contains("line 2: the label column 'label' holds '3,5', which is no number", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_JSON_lines_have_numbers_too()
    {
        string path = folder.Write("t.jsonl", "{\"query\":\"who ?\",\"passage\":\"ada\",\"label\":1}\n{\"label\":0,\"query\":\"who ?\",\"passage\":\"bob\"}\n");
        RankingExample example = Assert.Single(RankingFile.Read(path).Examples);
        Assert.Equal(["ada", "bob"], example.Passages);
        Assert.Equal([true, false], example.IsRelevant);
    }

    [Fact]
    public void Choices_that_are_to_be_made_need_no_label()
    {
        string path = folder.Write("c.jsonl", "{\"text\":\"the film\",\"choices\":[\"was good\",\"was bad\"]}\n");
        Assert.Null(Assert.Single(ChoiceFile.Read(path).Examples).Right);
        path = folder.Write("c.csv", "sent1,sent2,ending0,ending1,ending2,ending3\na,b,c,d,e,f\n");
        Assert.Equal("b d", Assert.Single(ChoiceFile.Read(path).Examples).Choices[1]);
        path = folder.Write("d.jsonl", "{\"text\":\n{\"text\":\"the film\",\"choices\":[\"was good\",\"was bad\"],\"label\":1}\n");
        Assert.Equal(1, Assert.Single(ChoiceFile.Read(path, new ReadingOptions { SkipMalformed = true }).Examples).Right);
    }

    [Fact]
    public void Marks_of_byte_order_carriage_returns_quotes_and_long_lines_are_no_trouble()
    {
        string huge = string.Concat(Enumerable.Repeat("word ", 20_000));
        string path = folder.File("t.csv");
        File.WriteAllText(path, $"text,label\r\n\"says \"\"yes\"\", then\r\ngoes on\",b\r\n{huge},c\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        IReadOnlyList<TextExample> examples = TextTable.Read(path, Columns).Set.Examples;
        Assert.Equal(["says \"yes\", then\ngoes on", huge], examples.Select(example => example.Text));
        Assert.Equal(["b", "c"], examples.Select(example => example.Labels[0]));
    }

    [Fact]
    public void A_compressed_file_that_was_cut_is_not_taken_for_a_shorter_one()
    {
        string path = folder.File("t.tsv.gz");
        using (var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            stream.Write(Encoding.UTF8.GetBytes("text\tlabel\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i * 7919 % 5003}\t{i % 2}\n"))));
        Assert.Equal(5000, TextTable.Read(path, Columns).Set.Examples.Count);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => TextTable.Read(path, Columns)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_only_and_labels_that_were_never_learned_are_refused()
    {
        ExampleSet<TextExample> Set(params string[] labels) => new("set", [.. labels.Select(label => new TextExample("a") { Labels = [label] })], []);
        Assert.Contains("every example has the label 'a'", Assert.ThrowsAny<Exception>(() => new TextClassificationTask("t", LabelKind.SingleLabel, Set("a", "a"), [("dev", Set("a"))])).Message, StringComparison.Ordinal);
        Exception unseen = Assert.ThrowsAny<Exception>(() => new TextClassificationTask("t", LabelKind.SingleLabel, Set("a", "b"), [("dev", Set("c"))]));
        Assert.Contains("'c'", unseen.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("word\n", "line 1: there is one column only")]
    [InlineData("word \n", "line 1: there is one column only")]
    [InlineData("\n\n", "there is no sentence in it")]
    public void Columns_of_tags_that_are_not_there_are_told(string text, string expected)
    {
        string path = folder.Write("t.conll", text);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => ConllFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_that_break_their_scheme_are_told_with_their_line_or_counted()
    {
        string path = folder.Write("t.conll", "Ada B-PER\nLovelace I-PER\n\nin O\nParis I-LOC\n\nRome B-LOC\n");
        Assert.Equal(3, ConllFile.Read(path).Examples.Count);
        var options = new ReadingOptions { TagScheme = TagScheme.Iob2 };
        Assert.Contains("line 5: the tag 'I-LOC' can't follow 'O'", Assert.Throws<InvalidDataException>(() => ConllFile.Read(path, options: options)).Message, StringComparison.Ordinal);
        ExampleSet<TaggedSentence> read = ConllFile.Read(path, options: options with { SkipMalformed = true });
        Assert.Equal(["Ada", "Rome"], read.Examples.Select(sentence => sentence.Words[0]));
        Assert.Equal(5, Assert.Single(read.Skipped).Line);
    }

    [Fact]
    public void An_answer_that_is_not_in_its_context_is_refused_or_counted()
    {
        string path = folder.Write("s.json", """
            {"version":"1.1","data":[{"title":"t","paragraphs":[{"context":"Ada lives in Paris.","qas":[
            {"id":"1","question":"Where?","answers":[{"text":"Paris","answer_start":13}]},
            {"id":"2","question":"Who?","answers":[{"text":"Bob","answer_start":0}]}]}]}]}
            """);
        Assert.Contains("'Bob' is not in the context", Assert.Throws<InvalidDataException>(() => SquadFile.Read(path)).Message, StringComparison.Ordinal);
        ExampleSet<QuestionExample> read = SquadFile.Read(path, new ReadingOptions { SkipMalformed = true });
        Assert.Equal("1", Assert.Single(read.Examples).Id);
        Assert.Single(read.Skipped);
    }

    [Theory]
    [InlineData("{\"id\":\"2\",\"question\":\"Who?\"}")]
    [InlineData("{\"id\":\"2\",\"question\":null,\"answers\":[]}")]
    [InlineData("{\"id\":\"2\",\"question\":\"Who?\",\"answers\":[{\"text\":\"Ada\",\"answer_start\":0.5}]}")]
    public void A_question_in_another_form_is_told_by_its_number_or_counted(string question)
    {
        const string Good = "{\"id\":\"1\",\"question\":\"Where?\",\"answers\":[{\"text\":\"Paris\",\"answer_start\":13}]}";
        string path = folder.Write("s.json", $$"""{"data":[{"paragraphs":[{"context":"Ada lives in Paris.","qas":[{{Good}},{{question}},{{Good}}]}]}]}""");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SquadFile.Read(path));
        Assert.Equal(2, MalformedRecord.Of(error)!.Line);
        ExampleSet<QuestionExample> read = SquadFile.Read(path, new ReadingOptions { SkipMalformed = true });
        Assert.Equal((2, 1), (read.Examples.Count, read.Skipped.Count));
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_told()
    {
        Assert.Throws<FileNotFoundException>(() => TextTable.Read(folder.File("none.tsv"), Columns));
        Assert.Contains("folder", Assert.Throws<InvalidDataException>(() => TextTable.Read(folder.File("."), Columns)).Message, StringComparison.Ordinal);
    }
}
