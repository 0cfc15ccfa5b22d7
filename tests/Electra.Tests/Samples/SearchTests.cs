using System.Globalization;
using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Inference;
using Electra.Modeling;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Samples.Search;
using Electra.Samples.Search.Evaluation;
using Electra.Samples.Search.Index;
using Electra.Samples.Search.Options;
using Electra.Samples.Search.Passages;
using Electra.Samples.Search.Ranking;
using Electra.Samples.Search.Reporting;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Spectre.Console;
using TorchSharp;

namespace Electra.Tests.Samples;

/// <summary>Search on the command line, from text to what is found.</summary>
public sealed class SearchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter told = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        folder.Dispose();
        told.Dispose();
    }

    [Theory]
    [InlineData("--by words", "bm25, embeddings or both, not 'words'")]
    [InlineData("--top x", "--top takes a whole number")]
    public void A_wrong_option_is_one_clear_line(string line, string expected) =>
        Assert.Contains(expected, OptionKinds.FirstError(SearchCommand.Create(_ => 0).Parse(line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("--topp 3 x", "'--topp' is no option")]
    [InlineData("--top 0 x", "--top is 0")]
    [InlineData("\" \"", "The query is blank")]
    [InlineData("--queries nowhere.txt", "no file 'nowhere.txt'")]
    [InlineData("--rerank 5 x", "--rerank is for --reranker")]
    [InlineData("--reranker nowhere x", "--reranker 'nowhere' is no folder")]
    [InlineData("--passage-words 5 x", "is for --corpus")]
    [InlineData("--by bm25 --index some.index x", "uses no vectors")]
    [InlineData("--by embeddings --model nowhere x", "--model 'nowhere' is no folder")]
    [InlineData("--index . x", "it is a folder")]
    [InlineData("--index nowhere/some.index x", "its folder does not exist")]
    [InlineData("--evaluate x", "questions of its own")]
    [InlineData("--corpus nowhere x", "--corpus: 'nowhere' does not exist")]
    public void Wrong_use_is_told_before_anything_is_done(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Plan(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_an_encoder_words_are_enough_and_it_is_said_what_to_run()
    {
        SearchPlan plan = Plan($"--corpus {Corpus()} ada");
        Assert.Equal((SearchBy.Bm25, null), (plan.By, plan.Model));
        Assert.Contains("samples/Pretrain", plan.Note, StringComparison.Ordinal);
        Assert.Null(Plan($"--by bm25 --corpus {folder.File("corpus")} ada").Note);
        Assert.Contains("samples/Pretrain", Assert.Throws<UsageException>(() => Plan("--by both ada")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_that_nobody_named_is_used_only_if_it_was_taught_vectors()
    {
        string encoder = TinyEncoder.Write(folder);
        SearchPlan Unnamed(string line) => Plan(line, encoder);
        string about = $"--corpus {Corpus()} ada";
        Assert.Equal((SearchBy.Bm25, null), (Unnamed(about).By, Unnamed(about).Model));
        Assert.Contains("--task sdk-embedding", Unnamed(about).Note, StringComparison.Ordinal);
        Assert.Equal((SearchBy.Both, encoder, null), (Unnamed("--evaluate").By, Unnamed("--evaluate").Model, Unnamed("--evaluate").Note));
        Assert.Equal((SearchBy.Both, encoder, null), (Unnamed($"--by both {about}").By, Unnamed($"--by both {about}").Model, Unnamed($"--by both {about}").Note));
        using (TextEmbedder embedder = TextEmbedder.FromPretrained(encoder)) embedder.Save(encoder);
        Assert.Equal((SearchBy.Both, encoder, null), (Unnamed(about).By, Unnamed(about).Model, Unnamed(about).Note));
    }

    [Fact]
    public void Text_is_indexed_once_and_answers_the_same_from_the_index()
    {
        string encoder = TinyEncoder.Write(folder), index = folder.File("some.index"), line = $"--corpus {Corpus()} --model {encoder} --index {index} --json --top 2 where is ada";
        JsonNode[] fresh = Answers(line), again = Answers(line);
        Assert.Contains("passages/s", told.ToString(), StringComparison.Ordinal);
        Assert.Contains($"reading {index}", told.ToString(), StringComparison.Ordinal);
        Assert.Equal(fresh.Single().ToJsonString(), again.Single().ToJsonString());
        Assert.Equal("where is ada", (string)fresh[0]["query"]!);
        JsonNode first = fresh[0]["hits"]![0]!;
        Assert.EndsWith("a.txt:1", (string)first["source"]!, StringComparison.Ordinal);
        Assert.Equal("ada lives in paris .", (string)first["passage"]!);
        Assert.Equal(["bm25", "embeddings", "fused"], first["scores"]!.AsObject().Select(score => score.Key));
        Assert.InRange((double)first["scores"]!["embeddings"]!, -1, 1);
        Assert.Equal(2, fresh[0]["hits"]!.AsArray().Count);
        Assert.Equal(["embeddings"], Answers($"--corpus {folder.File("corpus")} --model {encoder} --by embeddings --json ada")[0]["hits"]![0]!["scores"]!.AsObject().Select(score => score.Key));
        Assert.Empty(Directory.GetFiles(folder.FullPath, "*.part"));
    }

    [Fact]
    public void An_index_that_does_not_fit_or_is_damaged_is_refused()
    {
        string encoder = TinyEncoder.Write(folder), index = folder.File("some.index"), corpus = Corpus(), line = $"--corpus {corpus} --model {encoder} --index {index} ada";
        Answers(line);
        byte[] whole = File.ReadAllBytes(index);
        string Refusal(string typed) => Assert.Throws<UsageException>(() => Answers(typed)).Message;
        Assert.Contains("model is", Refusal($"{line} --layer 1"), StringComparison.Ordinal);
        Assert.Contains("passages is 5 words", Refusal($"{line} --passage-words 5"), StringComparison.Ordinal);
        foreach (int place in new[] { 20, whole.Length / 2, whole.Length - 1 })
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 1;
            File.WriteAllBytes(index, damaged);
            Assert.Contains("Delete it", Refusal(line), StringComparison.Ordinal);
        }

        foreach (int length in new[] { 0, 10, 18, 30, whole.Length - 1 })
        {
            File.WriteAllBytes(index, whole[..length]);
            Assert.Contains("Delete it", Refusal(line), StringComparison.Ordinal);
        }

        byte[] later = [.. whole];
        later["electra search".Length]++;
        File.WriteAllBytes(index, later);
        Assert.Contains("has version 2", Refusal(line), StringComparison.Ordinal);
        File.WriteAllBytes(index, whole);
        Answers(line);
        folder.Write("corpus/a.txt", "something else\n");
        Assert.Contains("altered", Refusal(line), StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllBytes(index));
        folder.Write("corpus/a.txt", CorpusText);
        using (var other = new ElectraForPreTraining(ElectraConfig.Load(Path.Combine(encoder, "config.json")), seed: 9)) other.SavePretrained(encoder, TinyEncoder.Tokenizer);
        Assert.Contains("model is", Refusal(line), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_cannot_be_written_whole_leaves_the_old_one()
    {
        string path = folder.Write("some.index", "old");
        CorpusIdentity identity = CorpusIdentity.Of([path]);
        Assert.Throws<ArgumentNullException>(() => IndexFile.Write(path, identity, [new Passage("a", "", null!)], new VectorIndex(1, [1])));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.FullPath));
    }

    [Fact]
    public void A_reranker_decides_the_order_of_what_was_found()
    {
        string encoder = TinyEncoder.Write(folder), reranker = folder.File("reranker");
        ElectraConfig ranking = ElectraConfig.Load(Path.Combine(encoder, "config.json")).WithLabels(1);
        using (var model = new ElectraForSequenceClassification(ranking, seed: 1)) model.SavePretrained(reranker, TinyEncoder.Tokenizer);
        string queries = folder.Write("queries.txt", "who lives in paris ?\n\nthe film\n");
        JsonNode[] answers = Answers($"--corpus {Corpus()} --by bm25 --reranker {reranker} --queries {queries}");
        Assert.Equal(["who lives in paris ?", "the film"], answers.Select(answer => (string)answer["query"]!));
        foreach (JsonNode answer in answers)
        {
            double[] scores = [.. answer["hits"]!.AsArray().Select(hit => (double)hit!["scores"]!["reranker"]!)];
            Assert.NotEmpty(scores);
            Assert.Equal(scores.OrderDescending(), scores);
        }

        Assert.Single(Answers($"--corpus {folder.File("corpus")} --by bm25 --json who lives in paris")[0]["hits"]!.AsArray()); // a passage without a word of the query is not found
        Assert.Contains("no head for ranking", Assert.Throws<UsageException>(() => Answers($"--corpus {folder.File("corpus")} --by bm25 --reranker {encoder} ada")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_types_queries_until_it_is_enough()
    {
        using var prompts = new StringWriter();
        Assert.Equal(["ada", "the film"], new QueryConsole(new StringReader("ada\n the film\n:q\nmore\n"), prompts).Read(CancellationToken.None));
        Assert.Equal(["ada"], new QueryConsole(new StringReader("ada"), prompts).Read(CancellationToken.None));
        using var shown = new StringWriter();
        RunConsole console = PlainConsole.To(shown);
        SearchPlan plan = Plan($"--by bm25 --corpus {Corpus()}");
        using SearchEngine engine = new SearchJob(plan, torch.CPU, PlainConsole.To(told)).Open(CancellationToken.None);
        new SearchJob(plan, torch.CPU, PlainConsole.To(told)).Answer(engine, ["ada", " ", "zebra"], new HitText(console), CancellationToken.None);
        Assert.Contains("a.txt:1  BM25 ", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("    ada lives in paris .", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("Nothing was found.", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_way_of_finding_is_measured_beside_chance()
    {
        const string Names = "Film Book Play Song Lives";
        string members = string.Concat(Names.Split(' ').Select(name => $"""<member name="M:N.The{name}.Is"><summary>the {name} was so very good</summary></member>"""));
        folder.Write("dotnet/packs/Some.Ref/1.0.0/ref/net10.0/A.xml", $"<doc><members>{members}</members></doc>");
        SearchPlan plan = Plan($"--evaluate --model {TinyEncoder.Write(folder)}");
        IReadOnlyDictionary<string, FirstAnswer> figures =
            new SearchJob(plan, torch.CPU, PlainConsole.To(told)).Evaluate(SdkDocumentation.FindUnder([folder.File("dotnet")])!, CancellationToken.None);
        Assert.Equal(["chance", "bm25", "embeddings", "fused"], figures.Keys);
        Assert.Equal((1 + (1.0 / 2) + (1.0 / 3) + (1.0 / 4) + (1.0 / 5)) / 5, figures["chance"].Reciprocal, 12);
        Assert.Equal(new FirstAnswer(1, 1), figures["bm25"]); // the one held-out type's name is in its summary alone
        Assert.All(figures.Values, figure => Assert.Equal(1, figure.IsNear, 12));
        SdkEvaluation.Show(PlainConsole.To(told), figures);
        Assert.Contains("BM25         1.000   100.0 %", told.ToString(), StringComparison.Ordinal);
    }

    private const string CorpusText = "ada lives in paris .\n\nthe film was good .\nthe film is fine .\n\nthe song is poor .\n";

    private string Corpus()
    {
        folder.Write("corpus/a.txt", CorpusText);
        return folder.File("corpus");
    }

    private JsonNode[] Answers(string line)
    {
        SearchPlan plan = Plan(line);
        var job = new SearchJob(plan, torch.CPU, PlainConsole.To(told));
        using SearchEngine engine = job.Open(CancellationToken.None);
        using var output = new StringWriter { NewLine = "\n" };
        IEnumerable<string> queries = plan.Queries is string file ? File.ReadLines(file) : [plan.Query!];
        job.Answer(engine, queries, new HitJson(output), CancellationToken.None);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(answer => JsonNode.Parse(answer)!)];
    }

    private static SearchPlan Plan(string line, string unnamed = EncoderFolder.Default)
    {
        SearchPlan? plan = null;
        SearchCommand.Create(arguments =>
        {
            plan = PlanBuilder.Build(arguments, unnamed);
            return 0;
        }).Parse(line).Invoke(new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return plan!;
    }
}
