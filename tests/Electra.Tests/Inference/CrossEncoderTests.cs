using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Electra.Tokenization;
using TorchSharp;

namespace Electra.Tests.Inference;

/// <summary>What a re-ranker promises, with a network of random weights.</summary>
public sealed class CrossEncoderTests : IDisposable
{
    private const string Query = "where lives ada ?";
    private static readonly string[] Passages = ["ada lives in paris .", "the film was very good", "", "so so", "paris is in the book , ada is in the film , and ada lives in the song", "ada"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, null)]
    [InlineData(1, "multi_label_classification")]
    [InlineData(2, null)]
    [InlineData(2, "single_label_classification")]
    public void The_score_is_what_the_network_says_of_the_pair(int labels, string? problem)
    {
        string path = Write(labels, problem);
        using CrossEncoder ranker = CrossEncoder.FromPretrained(path);
        using ElectraForSequenceClassification model = ElectraForSequenceClassification.FromPretrained(path);
        model.eval();
        IReadOnlyList<double> scores = ranker.Score(Query, Passages);
        for (int i = 0; i < Passages.Length; i++)
        {
            TokenizedText tokens = TinyEncoder.Tokenizer.Encode(Query, Passages[i], new EncodingOptions { MaxLength = 32, Truncation = TruncationStrategy.OnlySecond });
            using torch.Tensor ids = torch.tensor(tokens.Ids.Select(id => (long)id).ToArray()).unsqueeze(0), types = torch.tensor(tokens.TypeIds.Select(id => (long)id).ToArray()).unsqueeze(0);
            using torch.Tensor logits = model.forward(ids, tokenTypeIds: types);
            double[] said = [.. logits.data<float>().Select(logit => (double)logit)];
            double expected = 1 / (1 + Math.Exp(labels == 1 ? -said[0] : said[0] - said[1]));
            Assert.Equal(expected, scores[i], 5);
            Assert.Equal(scores[i], ranker.Score(Query, Passages[i]), 5);
        }

        Assert.True(scores.Max() - scores.Min() > 1e-3, "all passages are alike");
    }

    [Fact]
    public void Passages_come_by_falling_score_and_ties_in_their_order()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1));
        IReadOnlyList<double> scores = ranker.Score(Query, Passages);
        IReadOnlyList<RankedPassage> all = ranker.Rank(Query, Passages);
        Assert.Equal(Enumerable.Range(0, Passages.Length).OrderByDescending(i => scores[i]), all.Select(passage => passage.Index));
        Assert.All(all, passage => Assert.Equal((Passages[passage.Index], scores[passage.Index]), (passage.Passage, passage.Score)));
        Assert.Equal(all.Take(2), ranker.Rank(Query, Passages, topK: 2));
        Assert.Equal(all, ranker.Rank(Query, Passages, topK: 100));
        Assert.Equal([0, 1, 2, 3, 4], ranker.Rank(Query, ["so so", "so so", "so so", "so so", "so so"]).Select(passage => passage.Index));
        Assert.Empty(ranker.Rank(Query, []));
        Assert.Empty(ranker.Score(Query, Array.Empty<string>()));
    }

    [Fact]
    public void Many_queries_get_what_each_gets_alone()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1), new InferenceOptions { PositionsPerPass = 100 });
        (string, IReadOnlyList<string>)[] queries = [(Query, Passages), ("who ?", ["ada", "paris", "the good film"]), ("the book", []), ("is the song good ?", [.. Passages.Reverse()])];
        IReadOnlyList<IReadOnlyList<RankedPassage>> together = ranker.RankAll(queries);
        Assert.Equal([6, 3, 0, 6], together.Select(ranking => ranking.Count));
        foreach (((string query, IReadOnlyList<string> passages), IReadOnlyList<RankedPassage> ranking) in queries.Zip(together))
        {
            IReadOnlyList<RankedPassage> alone = ranker.Rank(query, passages);
            Assert.Equal(alone.Select(passage => passage.Passage), ranking.Select(passage => passage.Passage));
            for (int i = 0; i < alone.Count; i++) Assert.Equal(alone[i].Score, ranking[i].Score, 5);
        }

        Assert.Equal([2, 2, 0, 2], ranker.RankAll(queries, topK: 2).Select(ranking => ranking.Count));
        string[] many = [.. Enumerable.Range(0, 64).Select(i => Passages[i % Passages.Length])]; // encoded on all processors
        Assert.Equal(ranker.Score(Query, Passages)[4], ranker.Score(Query, many)[10], 5);
    }

    [Fact]
    public void Only_the_passage_is_cut()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1)); // 32 positions: 25 are left for a passage
        string full = string.Join(' ', Enumerable.Repeat("so", 25)), longer = full + " good film";
        Assert.False(ranker.Rank(Query, [full])[0].IsCut);
        RankedPassage cut = ranker.Rank(Query, [longer])[0];
        Assert.True(cut.IsCut);
        Assert.Equal(longer, cut.Passage);
        Assert.Equal(ranker.Score(Query, full), cut.Score);

        TokenSequence pair = new QueryPassages(TinyEncoder.Tokenizer, 12).Of([("ada lives in paris", ["the film was very good"])])[0];
        TokenizedText tokens = TinyEncoder.Tokenizer.Encode(
            "ada lives in paris", "the film was very good", new EncodingOptions { MaxLength = 12, Truncation = TruncationStrategy.OnlySecond });
        Assert.Equal(tokens.Ids, pair.Ids);
        Assert.Equal(tokens.TypeIds.ToList().IndexOf(1), pair.SecondFrom);
        pair = new QueryPassages(TinyEncoder.Tokenizer, 8).Of([("ada lives in paris", ["the film was very good"])])[0];
        Assert.Equal("[CLS] ada lives in paris [SEP] the [SEP]", string.Join(' ', pair.Ids.Select(TinyEncoder.Tokenizer.IdToToken)));
        Assert.True(pair.IsCut);
    }

    [Fact]
    public void A_query_that_leaves_no_room_is_refused_with_the_numbers()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1), new InferenceOptions { MaxLength = 16 });
        string twelve = string.Join(' ', Enumerable.Repeat("so", 12));
        Assert.True(ranker.Rank(twelve, ["ada lives"])[0].IsCut);
        string message = Assert.Throws<ArgumentException>(() => ranker.Rank(twelve + " so", ["ada"])).Message;
        foreach (string number in new[] { "13 tokens", "16 tokens", "may take 12" }) Assert.Contains(number, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_is_refused()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1));
        Assert.Throws<ArgumentException>(() => ranker.Score(" ", "ada"));
        Assert.Contains("no token", Assert.Throws<ArgumentException>(() => ranker.Score("\u0007", "ada")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => ranker.Score(null!, "ada"));
        Assert.Throws<ArgumentNullException>(() => ranker.Rank(Query, null!));
        Assert.Contains("Passage 1 is null", Assert.Throws<ArgumentException>(() => ranker.Rank(Query, ["ada", null!])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ranker.Rank(Query, Passages, topK: 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ranker.RankAsync(Query, Passages, topK: -1));
    }

    [Fact]
    public async Task It_can_be_cancelled_and_asked_again()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => ranker.Score(Query, Passages, cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => ranker.Rank(Query, Passages, cancellationToken: cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ranker.RankAsync(Query, Passages, cancellationToken: cancelled.Token));
        Assert.Equal(ranker.Rank(Query, Passages), await ranker.RankAsync(Query, Passages));
    }

    [Fact]
    public void A_folder_of_another_kind_is_refused()
    {
        string Message(string path) => Assert.Throws<InvalidDataException>(() => CrossEncoder.FromPretrained(path).Dispose()).Message;
        Assert.Contains("no head for ranking", Message(TinyEncoder.Write(folder)), StringComparison.Ordinal);
        Assert.Contains(nameof(TextRegressor), Message(Write(1, "regression")), StringComparison.Ordinal);
        Assert.Contains("3 labels", Message(Write(3)), StringComparison.Ordinal);
        Assert.Contains(nameof(TextClassifier), Message(Write(2, "multi_label_classification")), StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => CrossEncoder.FromPretrained(folder.File("nowhere")));
    }

    /// <summary>A pipeline's stage over hits of its own kind takes a few lines.</summary>
    [Fact]
    public async Task It_fits_a_pipeline_whose_stages_are_awaited()
    {
        using CrossEncoder ranker = CrossEncoder.FromPretrained(Write(1));
        IReranker<(string Text, string Source)> stage = new CrossEncoderStage<(string Text, string Source)>(ranker, hit => hit.Text);
        (string, string)[] hits = [.. Passages.Select((passage, i) => (passage, $"page {i}"))];
        IReadOnlyList<((string Text, string Source) Hit, double Score)> best = await stage.RerankAsync(Query, hits, top: 3);
        Assert.Equal(ranker.Rank(Query, Passages, topK: 3).Select(passage => ($"page {passage.Index}", passage.Score)), best.Select(item => (item.Hit.Source, item.Score)));
    }

    private interface IReranker<THit>
    {
        Task<IReadOnlyList<(THit Hit, double Score)>> RerankAsync(string query, IReadOnlyList<THit> hits, int? top = null, CancellationToken cancellationToken = default);
    }

    private sealed class CrossEncoderStage<THit>(CrossEncoder ranker, Func<THit, string> text) : IReranker<THit>
    {
        public async Task<IReadOnlyList<(THit Hit, double Score)>> RerankAsync(
            string query, IReadOnlyList<THit> hits, int? top = null, CancellationToken cancellationToken = default) =>
            [.. (await ranker.RankAsync(query, [.. hits.Select(text)], top, cancellationToken)).Select(passage => (hits[passage.Index], passage.Score))];
    }

    private string Write(int labels, string? problem = null)
    {
        ElectraConfig config = ElectraConfig.Load(Path.Combine(TinyEncoder.Write(folder), "config.json")).WithLabels(labels) with { ProblemType = problem, InitializerRange = 0.3 };
        using var model = new ElectraForSequenceClassification(config, seed: 5);
        string path = folder.File($"model-{labels}-{problem}");
        model.SavePretrained(path, TinyEncoder.Tokenizer);
        return path;
    }
}
