using System.IO.Compression;
using System.Text;
using Electra.Data;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Search.Evaluation;
using Electra.Samples.Search.Index;
using Electra.Samples.Search.Passages;
using Electra.Samples.Search.Ranking;
using Electra.Samples.Search.Reporting;
using Electra.Tests.Support;

namespace Electra.Tests.Samples;

/// <summary>What a search is made of: passages, fused rankings, what is shown, and what it is measured by.</summary>
public sealed class SearchPassagesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(4, 1, "0:a b c d|1:d e f g|1:g h")]
    [InlineData(4, 0, "0:a b c d|1:e f g h")]
    [InlineData(3, 2, "0:a b c|0:b c d|0:c d e|1:d e f|1:e f g|1:f g h")]
    [InlineData(8, 2, "0:a b c d e f g h")]
    [InlineData(100, 20, "0:a b c d e f g h")]
    public void Passages_begin_with_the_last_words_of_the_one_before(int words, int overlap, string expected) =>
        Assert.Equal(expected, string.Join('|', new PassageCutter(words, overlap).Cut(["a b  c", "d e\tf g h"]).Select(passage => $"{passage.Line}:{passage.Text}")));

    [Fact]
    public void Nothing_is_cut_of_nothing() => Assert.Empty(new PassageCutter(3, 1).Cut([]));

    [Theory]
    [InlineData(0, 0, "--passage-words is 0")]
    [InlineData(5, 5, "--passage-overlap is 5")]
    [InlineData(5, -1, "--passage-overlap is -1")]
    public void Passages_that_never_get_on_are_refused(int words, int overlap, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => new PassageCutter(words, overlap)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_passage_knows_the_line_of_its_file()
    {
        string text = folder.Write("a.txt", "one\ntwo\n\n \nthree four\nfive\n"), packed = folder.File("b.txt.gz");
        using (var stream = new GZipStream(File.Create(packed), CompressionMode.Compress)) stream.Write(Encoding.UTF8.GetBytes("\n\nsix\n"));
        string lines = folder.Write("c.jsonl", "{\"text\": \"seven\"}\n\n{\"text\": \"eight\\nnine\"}\n");
        string[] found = [.. PassageReader.Read([text, packed, lines], new CorpusOptions(), new PassageCutter(1, 0), CancellationToken.None)
            .Select(passage => $"{Path.GetFileName(passage.Source)} {passage.Text}")];
        Assert.Equal(
            ["a.txt:1 one", "a.txt:2 two", "a.txt:5 three", "a.txt:5 four", "a.txt:6 five", "b.txt.gz:3 six", "c.jsonl:1 seven", "c.jsonl:3 eight", "c.jsonl:3 nine"], found);
    }

    [Fact]
    public void Fused_scores_are_sums_of_reciprocal_ranks()
    {
        double[] scores = RankFusion.Scores(4, [2, 0], [0, 1]);
        Assert.Equal([(1.0 / 62) + (1.0 / 61), 1.0 / 62, 1.0 / 61, 0], scores);
        Assert.Equal([0, 2, 1], SearchEngine.Best(scores, 10)); // what no ranking has is not found
        Assert.Equal([0, 2], SearchEngine.Best(scores, 2));
        Assert.Equal([1, 2], SearchEngine.Best([0, 1, 1, -1], 10));
    }

    [Fact]
    public void Vectors_are_compared_by_their_product()
    {
        float[] one = [.. Enumerable.Range(0, 19).Select(i => (float)i)], other = [.. Enumerable.Range(0, 19).Select(i => i == 18 ? 2f : 0)];
        Assert.Equal([Enumerable.Range(0, 19).Sum(i => i * i), 36.0], new VectorIndex(19, [.. one, .. other]).Scores(one));
    }

    [Theory]
    [InlineData("0.5 0.9 0.1", 1.0 / 2, 1)] // the first one answers
    [InlineData("0.9 0.5 0.1", 1, 1)]
    [InlineData("0 0 0 0", (1 + (1.0 / 2) + (1.0 / 3) + (1.0 / 4)) / 4, 1)]
    [InlineData("1 2 2 2 2 2 2 2 2 2 1", ((1.0 / 10) + (1.0 / 11)) / 2, 0.5)] // tied for the tenth place and the one behind it
    public void Equal_scores_are_worth_the_mean_over_their_orders(string scores, double reciprocal, double near)
    {
        FirstAnswer found = FirstAnswer.Of([.. scores.Split(' ').Select(score => double.Parse(score, System.Globalization.CultureInfo.InvariantCulture))], new HashSet<int> { 0 });
        Assert.Equal(reciprocal, found.Reciprocal, 12);
        Assert.Equal(near, found.IsNear, 12);
    }

    [Fact]
    public void The_better_of_two_answers_counts()
    {
        Assert.Equal(new FirstAnswer(1, 1), FirstAnswer.Of([0.1, 0.5, 0.9], new HashSet<int> { 0, 2 }));
        // of three that are equal two answer: first in two of three orders, second in the other
        Assert.Equal((2.0 / 3) + ((1.0 / 3) * (1.0 / 2)), FirstAnswer.Of([1, 1, 1], new HashSet<int> { 0, 2 }).Reciprocal, 12);
    }

    [Fact]
    public void A_passage_is_cut_to_where_the_words_of_the_query_are()
    {
        var snippet = new Snippet("Read a LINE");
        const string Text = "Opens a file whose encoding is known, and then reads: read the line to its end, whatever comes behind it.";
        Assert.Equal(Text, snippet.Of(Text, 200));
        string shown = snippet.Of(Text, 40);
        Assert.Equal(40, shown.Length);
        Assert.StartsWith("…", shown, StringComparison.Ordinal);
        Assert.EndsWith("…", shown, StringComparison.Ordinal);
        Assert.Equal(["read", "line"], snippet.Pieces(shown).Where(piece => piece.IsMarked).Select(piece => piece.Text)); // not "a", nor "reads"
        Assert.Equal(shown, string.Concat(snippet.Pieces(shown).Select(piece => piece.Text)));
        Assert.Equal("Opens a f…", new Snippet("nothing").Of(Text, 10));
        Assert.Equal("a [31m", snippet.Of("a\u001b[31m", 20)); // a text gives the terminal no orders
    }

    [Theory]
    [InlineData("M:System.IO.File.ReadAllLines(System.String)", "System.IO.File.ReadAllLines", "File Read All Lines")]
    [InlineData("M:System.IO.FileStream.#ctor(System.IO.Stream)", "new System.IO.FileStream", "File Stream")]
    [InlineData("T:System.Xml.XMLReader`1", "System.Xml.XMLReader", "XML Reader")]
    [InlineData("M:System.Linq.Enumerable.Select``2(System.Int32)", "System.Linq.Enumerable.Select", "Enumerable Select")]
    [InlineData("P:N.UTF8Encoding.op_Addition", "N.UTF8Encoding.op_Addition", "UTF8 Encoding op Addition")]
    public void A_member_has_a_title_and_words(string id, string title, string words)
    {
        var member = new SdkMember(id, "A", "Does things.");
        Assert.Equal((title, words, false), (member.Title, member.Words, member.IsHidden));
        Assert.True(new SdkMember("M:N.T.System#IDisposable#Dispose", "A", "").IsHidden);
    }

    [Fact]
    public void Held_out_questions_share_no_answer_with_those_to_learn_from()
    {
        SdkMember Member(string type, string name, string summary) => new($"M:N.{type}.{name}", "A", summary);
        var questions = new SdkQuestions(
        [
            .. Enumerable.Range(0, 4).Select(i => Member($"Type{(char)('A' + i)}", "Run", $"Runs what is in it number {i}.")),
            Member("TypeE", "Stop", "Stops what was begun by it."), Member("TypeE", "Run", "Runs what is in it number 2."), Member("TypeE", "Go", "Too short."),
            Member("TypeE", "Stop", "Stops what was begun by another."),
        ]);
        Assert.Equal(6, questions.Passages.Count);
        (string query, IReadOnlySet<int> answers) = Assert.Single(questions.Of(isHeldOut: true, 10));
        Assert.Equal("Type E Stop", query);
        Assert.Equal(["Stops what was begun by it.", "Stops what was begun by another."], answers.Select(answer => questions.Passages[answer].Text));
        Assert.Equal(["Type A Run", "Type C Run"], questions.Of(isHeldOut: false, 2).Select(question => question.Query));
    }
}
