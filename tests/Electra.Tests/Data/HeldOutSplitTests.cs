using System.Globalization;
using Electra.Data;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

public sealed class HeldOutSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, double> Shapes()
    {
        var data = new TheoryData<string, double>();
        foreach (string shape in new[] { "short", "long", "one", "three", "mixed", "pieces", "lines", "few" })
            foreach (double share in new[] { 0.005, 0.05, 0.3 }) data.Add(shape, share);
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_share_of_the_tokens_is_what_was_asked_for_whatever_the_shape(string shape, double share)
    {
        using PretrainingDataset data = Open(Corpus(shape), share);
        long tokens = data.Manifest.Tokens;
        HeldOutReport report = data.HeldOutReport;
        Assert.InRange(report.Fraction / share, 0.93, 1.07);
        Assert.Equal(report.Tokens, data.HeldOut.Corpus.TokenCount);
        Assert.Equal((double)report.Tokens / tokens, report.Fraction);
        Assert.Equal(tokens, data.Training.Corpus.TokenCount + report.Tokens);
        if (shape is "short" or "lines") Assert.Equal(0, report.Parts);
        if (shape is "one" or "three" or "pieces") Assert.Equal(0, report.Documents);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("three")]
    [InlineData("pieces")]
    public void What_is_held_out_of_long_documents_is_blocks_of_lines_that_are_not_trained_on(string shape)
    {
        using PretrainingDataset data = Open(Corpus(shape), 0.02);
        List<string>[] heldOut = Documents(data.HeldOut.Corpus), training = Documents(data.Training.Corpus);
        List<string> all = [.. Corpus(shape).SelectMany(document => document.Lines)];
        Assert.Equal(all.Order(), heldOut.Concat(training).SelectMany(lines => lines).Order());
        Assert.Empty(heldOut.SelectMany(lines => lines).Intersect(training.SelectMany(lines => lines)));
        Assert.True(heldOut.Average(lines => lines.Count) > 10);
        foreach (List<string> lines in heldOut) Assert.Equal(all.Skip(all.IndexOf(lines[0])).Take(lines.Count), lines);
    }

    [Fact]
    public void Copies_are_never_parted_neither_of_documents_nor_of_blocks_in_a_long_one()
    {
        Document[] documents = Corpus("short");
        using PretrainingDataset copied = Open([.. documents, .. documents], 0.02);
        Assert.Empty(Lines(copied.HeldOut).Intersect(Lines(copied.Training)));
        Assert.All(Lines(copied.HeldOut).GroupBy(line => line), same => Assert.Equal(2, same.Count()));

        IReadOnlyList<string> lines = Corpus("one")[0].Lines;
        using PretrainingDataset repeated = Open([new Document([.. lines.Skip(7), .. lines.Take(2500), "99 98 97", .. lines])], 0.02);
        Assert.Empty(Lines(repeated.HeldOut).Intersect(Lines(repeated.Training)));
        Assert.InRange(repeated.HeldOutReport.Fraction, 0.015, 0.025);
    }

    [Fact]
    public void Lines_that_are_everywhere_are_trained_on_and_not_held_out()
    {
        string[] lines = [.. Corpus("one")[0].Lines.SelectMany((line, i) => i % 3 == 0 ? [line, "11 12 13 14", "15"] : new[] { line })];
        using PretrainingDataset data = Open([new Document(lines)], 0.02);
        Assert.Empty(Lines(data.HeldOut).Intersect(Lines(data.Training)));
        Assert.InRange(data.HeldOutReport.Fraction, 0.017, 0.023);
    }

    [Fact]
    public void Pieces_of_a_document_are_held_out_together_or_not_at_all()
    {
        // A tenth of the documents are three times as long as a piece.
        Document[] documents = [.. Enumerable.Range(0, 4000).Select(i => Text(i, i % 10 == 0 ? 12 : 2))];
        Document[] pieces = [.. documents.SelectMany(document => document.Lines.Count == 2 ? [document] : Pieces(document, 4))];
        using PretrainingDataset data = Open(pieces, 0.2);
        Assert.Equal(4000, data.Manifest.Documents);
        HashSet<string> heldOut = [.. Lines(data.HeldOut)];
        Assert.All(documents, document => Assert.Single(document.Lines.Select(heldOut.Contains).Distinct()));
        Assert.Equal(documents.Count(document => heldOut.Contains(document.Lines[0])), data.HeldOutReport.Documents);
        Assert.Contains(documents, document => document.Lines.Count == 12 && heldOut.Contains(document.Lines[0]));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("three")]
    public void The_split_follows_from_the_text_alone(string shape)
    {
        Document[] documents = Corpus(shape);
        using PretrainingDataset data = Open(documents, 0.05), other = Open([.. documents.Reverse()], 0.05, seed: 99);
        Assert.Equal(Lines(data.HeldOut).Order(), Lines(other.HeldOut).Order());
    }

    [Fact]
    public void Text_added_elsewhere_moves_only_what_the_share_asks_for()
    {
        Document one = Corpus("one")[0];
        using PretrainingDataset data = Open([one], 0.05), more = Open([new Document([.. one.Lines.Take(100), "77 78 79", .. one.Lines.Skip(100)])], 0.05);
        Assert.True(Lines(data.HeldOut).Intersect(Lines(more.HeldOut)).Count() > 0.8 * Lines(data.HeldOut).Count());
    }

    [Fact]
    public void Of_a_short_text_at_least_a_line_is_held_out()
    {
        using PretrainingDataset data = Open([new Document([.. Enumerable.Range(10, 40).Select(i => $"{i} {i + 1}")])], 0.005);
        Assert.Equal((1, 2, 0.025), (data.HeldOutReport.Parts, data.HeldOutReport.Tokens, data.HeldOutReport.Fraction));
    }

    [Fact]
    public void A_text_of_which_nothing_can_be_held_out_honestly_says_why()
    {
        AssertRefused("it repeats itself", new Document([.. Enumerable.Repeat("10 11 12", 5000)]));
        AssertRefused("it repeats itself", [.. Enumerable.Repeat(new Document(["10 11 12", "13"]), 5000)]);
        AssertRefused("the smallest part that is nowhere else in it makes 37.9", [.. Enumerable.Range(0, 5000).Select(i => Text(i % 2, 2))]);
        AssertRefused("the smallest part that is nowhere else in it makes", Text(1, 1), Text(2, 1), Text(3, 1));
        using PretrainingDataset larger = Open([.. Enumerable.Range(0, 5000).Select(i => Text(i % 2, 2))], 0.379);
        Assert.Equal(0.379, larger.HeldOutReport.Fraction, 3);

        void AssertRefused(string why, params Document[] documents)
        {
            string message = Assert.Throws<InvalidDataException>(() => Open(documents, 0.005)).Message;
            Assert.True(message.Contains(why, StringComparison.Ordinal), message);
            Assert.Contains("HeldOutFraction", message, StringComparison.Ordinal);
        }
    }

    private static Document[] Corpus(string shape) => shape switch
    {
        "short" => [.. Enumerable.Range(0, 3000).Select(i => Text(i, 1 + (i % 5)))],
        "lines" => [.. Enumerable.Range(0, 10_000).Select(i => Text(i, 1))],
        "long" => [.. Enumerable.Range(0, 40).Select(i => Text(i, 300))],
        "one" => [Text(1, 10_000)],
        "three" => [.. Enumerable.Range(0, 3).Select(i => Text(i, 4000))],
        "pieces" => [.. Pieces(Text(1, 10_000), 3000)],
        "mixed" => [.. Enumerable.Range(0, 1000).Select(i => Text(i, 2)), Text(-1, 4000)],
        "few" => [.. Enumerable.Range(0, 30).Select(i => Text(i, 60))],
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    /// <summary>Lines of 4 to 20 words; no two are equal.</summary>
    private static Document Text(int seed, int lines)
    {
        var random = new Random(seed);
        return new Document([.. Enumerable.Range(0, lines).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(4, 21))
            .Select(_ => random.Next(100, 50_000).ToString(CultureInfo.InvariantCulture))))]);
    }

    private static Document[] Pieces(Document document, int lines) =>
        [.. document.Lines.Chunk(lines).Select((piece, i) => new Document(piece, IsContinuation: i > 0))];

    private static IEnumerable<string> Lines(PretrainingExamples examples) => Documents(examples.Corpus).SelectMany(lines => lines);

    private static List<string>[] Documents(TokenCorpus corpus)
    {
        var lengths = new List<int>();
        return [.. Enumerable.Range(0, corpus.DocumentCount).Select(document =>
        {
            var tokens = new long[corpus.TokensIn(document)];
            corpus.CopyTokens(document, 0, tokens);
            corpus.CopyLineLengths(document, lengths);
            Assert.Equal(tokens.Length, lengths.Sum());
            Assert.Equal(lengths.Count, corpus.LinesIn(document));
            int start = 0;
            return lengths.ConvertAll(length => string.Join(' ', tokens.Skip((start += length) - length).Take(length)));
        })];
    }

    private PretrainingDataset Open(Document[] documents, double share, long seed = 1)
    {
        string folder = _folder.File($"{Guid.NewGuid():N}");
        new TokenShardBuilder(WordCorpus.Vocabulary(), WordCorpus.Encode, new() { TokensPerShard = 20_000 }).Build(new Source(documents), folder);
        return PretrainingDataset.Open(folder, new DataOptions { SequenceLength = 32, HeldOutFraction = share, Seed = seed });
    }

    private sealed class Source(Document[] documents) : IDocumentSource
    {
        public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) => documents;
    }
}
