using System.Text.Json.Nodes;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp;

namespace Electra.Tests.FineTuning;

/// <summary>Passages that a tiny encoder learns to rank: relevant ones have "good" or "fine" in them.</summary>
public sealed class RankingTaskTests : IDisposable
{
    private const int Length = 32;

    private static readonly FineTuningOptions Usual =
        new() { LearningRate = 5e-3, BatchSize = 8, LayerwiseLearningRateDecay = 1, SaveEvery = 3, Epochs = 8 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(RankingLoss.Binary)]
    [InlineData(RankingLoss.Pairwise)]
    public void Rankings_are_learned_saved_and_served(RankingLoss loss)
    {
        ExampleSet<RankingExample> dev = Set(24, 1);
        FineTuningOutcome outcome = Train(new RankingTask("ranks", Set(32, 0), [("dev", dev)]) { Loss = loss }, Usual);
        TaskScores scores = outcome.Evaluation!.Sets[0];
        Assert.True(outcome.Evaluation.Score > 0.95, $"{outcome.Evaluation}");
        Assert.Equal(["map", "mrr", "precision_at_1", "ndcg_at_10", "bm25_map", "bm25_mrr"], scores.Metrics.Keys);
        Assert.False(scores.IsOneClassOnly);

        using CrossEncoder ranker = CrossEncoder.FromPretrained(outcome.Folder!);
        Assert.Equal("the film was good", ranker.Rank("who was it ?", ["the film was bad", "the film was good", "the film is poor"], topK: 1)[0].Passage);
        double[] served = [.. dev.Examples.SelectMany(example => ranker.Score(example.Query, example.Passages))];
        Assert.Equal(served.Length, scores.Predictions.Count);
        for (int i = 0; i < served.Length; i++) Assert.Equal(scores.Predictions[i].Score, served[i], 5);
        Assert.Equal(dev.Examples.SelectMany(example => example.IsRelevant.Select(is1 => is1 ? "1" : "0")), scores.Predictions.Select(prediction => prediction.Truth));
        Assert.Equal(Enumerable.Range(1, dev.Examples[0].Passages.Count), scores.Predictions.Take(dev.Examples[0].Passages.Count).Select(prediction => int.Parse(prediction.Predicted)).Order());

        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(outcome.Folder!, "config.json")))!;
        Assert.Equal("ElectraForSequenceClassification", (string)config["architectures"]![0]!);
        Assert.Equal("relevant", (string)config["id2label"]!["0"]!);
        using TextClassifier classifier = TextClassifier.FromPretrained(outcome.Folder!); // an ordinary folder, whose one label a text has or not
        Assert.Equal(ranker.Score("who ?", "so good"), classifier.Predict("who ?", "so good").Score, 5);
    }

    /// <summary>Killed after any update, a run comes to the same bits.</summary>
    [Theory]
    [InlineData(RankingLoss.Binary, 4)]
    [InlineData(RankingLoss.Binary, 6)]
    [InlineData(RankingLoss.Pairwise, 1)]
    [InlineData(RankingLoss.Pairwise, 5)]
    public void A_run_that_was_killed_comes_to_the_same_bits(RankingLoss loss, long killedAt)
    {
        string encoder = TinyEncoder.Write(folder);
        RankingTask task = Task(loss);
        FineTuningOptions options = Usual with { Epochs = 3, SelectBest = true };
        string Run(string name, long? kill)
        {
            using var trainer = new FineTuningTrainer(encoder, task, options with { OutputFolder = folder.File(name) });
            trainer.StepMade = step =>
            {
                if (step == kill) throw new TimeoutException();
            };
            return trainer.Train().Folder!;
        }

        string whole = Run("whole", null);
        Assert.Throws<TimeoutException>(() => Run("parts", killedAt));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(Run("parts", null), "model.safetensors")));
    }

    [Fact]
    public void The_binary_loss_is_of_each_pair_with_its_weight()
    {
        FineTuningOptions options = Usual with { MaxLength = Length, ClassWeights = new Dictionary<string, double> { [RankingTask.Relevant] = 3 } };
        RankingTask task = Task(RankingLoss.Binary);
        IReadOnlyList<EncodedExample> examples = task.Encode(TinyEncoder.Tokenizer, options).Training;
        Assert.Equal(task.TrainingExamples, examples.Count);
        Assert.Equal(0, task.TrainingLeftOut);
        Assert.Equal(task.TrainingPassages.Relevant, examples.Count(example => example.Weight == 3));
        (float[] logits, float[] losses) = Learn(task, options, examples);
        for (int i = 0; i < losses.Length; i++)
            Assert.Equal(examples[i].Values[0] == 1 ? 3 * Softplus(-logits[i]) : Softplus(logits[i]), losses[i], 4);
        Assert.True(logits.Max() - logits.Min() > 0.05, "the network says the same of all");
    }

    [Fact]
    public void The_pairwise_loss_is_the_mean_over_those_beside_a_relevant_passage()
    {
        FineTuningOptions options = Usual with { MaxLength = Length };
        var task = new RankingTask("ranks", Set(12, 0), [("dev", Set(4, 1))]) { Loss = RankingLoss.Pairwise, Negatives = 3 };
        IReadOnlyList<EncodedExample> examples = task.Encode(TinyEncoder.Tokenizer, options).Training;
        Assert.True(examples.Select(example => example.Sequences.Length).Distinct().Count() > 1, "all have as many");
        (float[] logits, float[] losses) = Learn(task, options, examples);
        int next = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            float[] own = logits[next..(next += examples[i].Sequences.Length)];
            Assert.Equal(own.Skip(1).Average(other => Softplus(other - own[0])), losses[i], 4);
        }

        Assert.True(losses.Max() - losses.Min() > 2e-3, "all losses are alike");
    }

    [Fact]
    public void What_a_relevant_passage_is_set_beside_is_drawn_by_the_seed()
    {
        string[] others = [.. Enumerable.Range(0, 20).Select(i => string.Join(' ', Enumerable.Repeat("bad", i + 1)))];
        var example = new RankingExample("who ?", ["good", .. others, "fine"], [true, .. others.Select(_ => false), true]);
        var set = new ExampleSet<RankingExample>("set", [example, Never], []);
        RankingTask Task(int negatives) => new("ranks", set, [("dev", set)]) { Loss = RankingLoss.Pairwise, Negatives = negatives };
        string[][] Drawn(RankingTask task, long seed) => [.. task.Encode(TinyEncoder.Tokenizer, Usual with { MaxLength = Length, Seed = seed }).Training
            .Select(drawn => drawn.Sequences.Select(sequence => TinyEncoder.Tokenizer.Decode(sequence.Ids.Skip(sequence.SecondFrom), skipSpecialTokens: true)).ToArray())];
        string[][] first = Drawn(Task(5), 0);
        Assert.Equal(["good", "fine"], first.Select(drawn => drawn[0]));
        Assert.All(first, drawn => Assert.Equal(5, drawn.Skip(1).Intersect(others).Count()));
        Assert.NotEqual(first[0].Skip(1), first[1].Skip(1));
        Assert.Equal(first, Drawn(Task(5), 0));
        Assert.NotEqual(first, Drawn(Task(5), 1));
        Assert.All(Drawn(Task(50), 0), drawn => Assert.Equal(others.Order(), drawn.Skip(1).Order()));
        Assert.Equal((2, 1), (Task(5).TrainingExamples, Task(5).TrainingLeftOut));
        Assert.Equal([1], Task(5).EvaluationLeftOut);
    }

    [Fact]
    public void Scores_stand_beside_random_order_and_BM25()
    {
        ExampleSet<RankingExample> dev = Set(10, 3) with { Examples = [.. Set(10, 3).Examples, Never, new("the film ?", ["a song", "the film is bad", "the book"], [false, true, false])] };
        EvaluationSet set = new RankingTask("ranks", Set(8, 0), [("dev", dev)]).Encode(TinyEncoder.Tokenizer, Usual with { MaxLength = Length }).Evaluation[0];
        Assert.Equal(dev.Examples.Sum(example => example.Passages.Count), set.Sequences.Count);
        bool[] truth = [.. dev.Examples.SelectMany(example => example.IsRelevant)];
        TaskScores right = set.Judge([.. truth.Select(is1 => new[] { is1 ? 2f : -1 })]), constant = set.Judge([.. truth.Select(_ => new[] { 0.5f })]);
        Assert.Equal((1, 1, 11), (right.Metrics["map"], right.Metrics["ndcg_at_10"], right.Examples));
        Assert.Equal(right.Baseline["map"], constant.Metrics["map"]);
        Assert.True(constant.IsOneClassOnly);
        Assert.InRange(right.Baseline["map"], 0.2, 0.9);
        Assert.Equal(truth.Average(is1 => is1 ? Softplus(-2) : Softplus(-1)), right.Loss, 6);

        var index = new Bm25([.. dev.Examples.SelectMany(example => example.Passages).Distinct()]);
        RankingScore bm25 = RankingScore.Of(dev.Examples.Select(example => (
            (IReadOnlyList<double>)[.. example.Passages.Select(passage => index.Rank(example.Query).First(ranked => ranked.Passage == passage).Score)], example.IsRelevant)));
        Assert.Equal(bm25.MeanAveragePrecision, right.Metrics["bm25_map"], 12);
        Assert.Equal(bm25.MeanReciprocalRank, right.Metrics["bm25_mrr"], 12);
        Assert.True(bm25.MeanAveragePrecision > right.Baseline["map"]);
    }

    [Fact]
    public void Bad_tasks_and_options_are_told_before_anything_is_written()
    {
        string Refused(params RankingExample[] examples) =>
            Assert.Throws<ArgumentException>(() => new RankingTask("ranks", new("a.tsv", examples, []), [("dev", Set(4, 1))])).Message;
        Assert.Contains("a.tsv: there is no query", Refused(), StringComparison.Ordinal);
        Assert.Contains("a.tsv: query 2 is blank", Refused(Set(1, 0).Examples[0], new(" ", ["a"], [true])), StringComparison.Ordinal);
        Assert.Contains("query 1 has no passage", Refused(new RankingExample("who ?", [], [])), StringComparison.Ordinal);
        Assert.Contains("2 passages, but 1 labels", Refused(new RankingExample("who ?", ["a", "so"], [true])), StringComparison.Ordinal);
        Assert.Contains("no passage is relevant", Refused(Never), StringComparison.Ordinal);
        Assert.Contains("every passage is relevant", Refused(new RankingExample("who ?", ["a"], [true])), StringComparison.Ordinal);

        string encoder = TinyEncoder.Write(folder);
        string Told(RankingTask task, FineTuningOptions options) => Assert.Throws<ArgumentException>(
            () => new FineTuningTrainer(encoder, task, options with { OutputFolder = folder.File("run") }).Dispose()).Message;
        Assert.Contains("Negatives", Told(new("ranks", Set(4, 0), [("dev", Set(4, 1))]) { Negatives = 0 }, Usual), StringComparison.Ordinal);
        Assert.Contains("'yes'", Told(Task(RankingLoss.Binary), Usual with { ClassWeights = new Dictionary<string, double> { ["yes"] = 2 } }), StringComparison.Ordinal);
        Assert.Contains("Binary", Told(Task(RankingLoss.Pairwise), Usual with { ClassWeights = new Dictionary<string, double> { ["relevant"] = 2 } }), StringComparison.Ordinal);
        Assert.Contains("RDropWeight", Told(Task(RankingLoss.Binary), Usual with { RDropWeight = 1 }), StringComparison.Ordinal);
        Assert.Contains("LabelSmoothing", Told(Task(RankingLoss.Binary), Usual with { LabelSmoothing = 0.1 }), StringComparison.Ordinal);
        ExampleSet<RankingExample> apart = new("a.tsv", [Never, new("who ?", ["a"], [true])], []);
        Assert.Contains("both a relevant passage and another", Told(new("ranks", apart, [("dev", Set(4, 1))]) { Loss = RankingLoss.Pairwise }, Usual), StringComparison.Ordinal);

        ExampleSet<RankingExample> longer = Set(4, 0) with { Source = "b.tsv" };
        longer = longer with { Examples = [.. longer.Examples, new(string.Join(' ', Enumerable.Repeat("so", 29)), ["good", "bad"], [true, false])] };
        string message = Told(new("ranks", longer, [("dev", Set(4, 1))]), Usual);
        foreach (string part in new[] { "b.tsv: ", "29 tokens", "32 tokens" }) Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_file_of_pairs_becomes_queries_with_their_passages()
    {
        string path = folder.Write("a.txt", "who ?\tada\t1\nwho ?\tparis\t0\nwhere ?\tparis\t1\nwho ?\t\"so\t0\n");
        IReadOnlyList<RankingExample> examples = RankingFile.Read(path).Examples;
        Assert.Equal(["who ?", "where ?"], examples.Select(example => example.Query));
        Assert.Equal(["ada", "paris", "\"so"], examples[0].Passages);
        Assert.Equal([true, false, false], examples[0].IsRelevant);

        string named = folder.Write("b.csv", "id,q,label,text\nq1,who ?,1,ada\nq2,who ?,0,paris\nq1,who ?,0,so\n");
        examples = RankingFile.Read(named, new TableColumns("q", "label", "text", "id")).Examples;
        Assert.Equal(["q1", "q2"], examples.Select(example => example.Id));
        Assert.Equal(["ada", "so"], examples[0].Passages);

        string lines = folder.Write("c.jsonl", """{"q": "who ?", "text": "ada", "label": 1}""" + "\n");
        Assert.True(RankingFile.Read(lines, new TableColumns("q", "label", "text")).Examples[0].IsRelevant[0]);
        Assert.Throws<ArgumentException>(() => RankingFile.Read(named, new TableColumns("q", "label")));
    }

    [Theory]
    [InlineData("who ?\tada\t1\nwho ?\tparis\n", "line 2: there are 2 fields where there should be 3")]
    [InlineData("who ?\tada\t1\nwho ?\tparis\t2\n", "line 2: the label column '#3' holds '2', which is neither 0 nor 1")]
    [InlineData("who ?\tada\t1\n\tparis\t0\n", "line 2: the column '#1' has no query")]
    [InlineData("who ?\t \t1\n", "line 1: the column '#2' has no passage")]
    [InlineData("", "the file is empty")]
    public void A_bad_file_says_where_and_why(string text, string expected)
    {
        string path = folder.Write("bad.txt", text);
        string message = Assert.Throws<InvalidDataException>(() => RankingFile.Read(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("train", 2118, 20360, 1040, 873, 857)]
    [InlineData("dev", 296, 2733, 140, 126, 122)]
    [InlineData("test", 633, 6165, 293, 243, 237)]
    public void WikiQA_has_its_questions(string part, int queries, int pairs, int relevant, int answered, int both)
    {
        ExampleSet<RankingExample> set = RankingFile.Read(ReferenceData.Data($"wikiqa/WikiQA-{part}.txt"));
        var binary = new RankingTask("wikiqa", set, [(part, set)]);
        Assert.Equal((queries, pairs, relevant), (set.Examples.Count, binary.TrainingExamples, binary.TrainingPassages.Relevant));
        Assert.Equal([queries - answered], binary.EvaluationLeftOut);
        var pairwise = new RankingTask("wikiqa", set, [(part, set)]) { Loss = RankingLoss.Pairwise };
        Assert.Equal(queries - both, pairwise.TrainingLeftOut);
    }

    private static RankingExample Never => new("is paris bad ?", ["the song", "a bad book"], [false, false]);

    private static ExampleSet<RankingExample> Set(int count, int seed)
    {
        var random = new Random(seed);
        string Pick(params string[] of) => of[random.Next(of.Length)];
        return new("rankings", [.. Enumerable.Range(0, count).Select(_ =>
        {
            int passages = random.Next(2, 7), right = random.Next(passages);
            bool[] isRelevant = [.. Enumerable.Range(0, passages).Select(i => i == right || (random.Next(4) == 0 && i != (right + 1) % passages))];
            string[] texts = [.. isRelevant.Select(is1 => $"the {Pick("film", "book", "play", "song")} {Pick("was", "is")} {(is1 ? Pick("good", "fine") : Pick("bad", "poor"))}{Pick("", " .", " , so so")}")];
            return new RankingExample($"{Pick("who", "where")} {Pick("was", "is")} {Pick("ada", "it", "the film")} ?", texts, isRelevant);
        })], []);
    }

    private static RankingTask Task(RankingLoss loss) => new("ranks", Set(12, 0), [("dev", Set(8, 1))]) { Loss = loss };

    private FineTuningOutcome Train(RankingTask task, FineTuningOptions options)
    {
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder, dropout: 0), task, options with { OutputFolder = folder.File("run") });
        return trainer.Train();
    }

    private (float[] Logits, float[] Losses) Learn(RankingTask task, FineTuningOptions options, IReadOnlyList<EncodedExample> examples)
    {
        string encoder = TinyEncoder.Write(folder, dropout: 0);
        using TaskNetwork network = task.Load(encoder, task.Configure(Electra.Configuration.ElectraConfig.Load(Path.Combine(encoder, "config.json"))), null, options);
        network.Model.eval();
        using var scope = torch.NewDisposeScope();
        using IDisposable _ = torch.no_grad();
        TokenRows rows = TokenRows.Of([.. examples.SelectMany(example => example.Sequences)], 0, Length, torch.CPU);
        return (network.Outputs(rows).data<float>().ToArray(), network.Learn(rows, examples).Losses.data<float>().ToArray());
    }

    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
}
