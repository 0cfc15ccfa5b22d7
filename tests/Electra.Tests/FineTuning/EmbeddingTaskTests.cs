using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;

namespace Electra.Tests.FineTuning;

/// <summary>Vectors that are learned.</summary>
public class EmbeddingTaskTests
{
    private static readonly FineTuningOptions Usual = new() { LearningRate = 5e-3, BatchSize = 8, LayerwiseLearningRateDecay = 1, SaveEvery = 0 };

    private static ExampleSet<TextExample> Questions => new("questions", [.. new[] { "film", "book", "play", "song", "good", "bad", "fine", "poor", "very", "so" }
        .SelectMany(word => new[] { new TextExample($"who is {word} ?", $"the {word} lives in paris ."), new TextExample($"where is the {word} ?", $"ada , a {word} .") })], []);

    [Theory]
    [InlineData(EmbeddingLoss.Cosine, EmbeddingPooling.Mean, 2)]
    [InlineData(EmbeddingLoss.CoSent, EmbeddingPooling.Cls, 1)]
    [InlineData(EmbeddingLoss.CoSent, EmbeddingPooling.FirstLast, 2)]
    [InlineData(EmbeddingLoss.Cosine, EmbeddingPooling.Mean, 0)]
    public void Scores_are_learned_and_what_is_saved_says_the_same(EmbeddingLoss loss, EmbeddingPooling pooling, int layer)
    {
        using var folder = new TemporaryFolder();
        ExampleSet<TextExample> dev = Pairs(32, seed: 1);
        var task = new EmbeddingTask("likeness", loss, Pairs(192), [("dev", dev)]) { Embedding = new() { Layer = layer, Pooling = pooling, Normalize = true } };
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder, dropout: 0), task, Usual with { Epochs = 10, OutputFolder = folder.File("run") });
        double before = trainer.Evaluate().Score;
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.Evaluation!.Score > Math.Max(0.75, before), $"{outcome.Evaluation}, before {before}");
        Assert.InRange(outcome.Evaluation.Baseline, -0.5, 0.6);
        using TextEmbedder embedder = TextEmbedder.FromPretrained(outcome.Folder!);
        Assert.Equal(task.Embedding, embedder.Options);
        foreach ((TextExample example, TaskPrediction said) in dev.Examples.Zip(outcome.Evaluation.Sets[0].Predictions))
            Assert.Equal(said.Score, TextEmbedder.Similarity(embedder.Embed(example.Text), embedder.Embed(example.Pair!)), 1e-4);
    }

    [Fact]
    public void Pairs_that_belong_together_are_found_by_one_another()
    {
        using var folder = new TemporaryFolder();
        var task = new EmbeddingTask("answers", EmbeddingLoss.InfoNce, Questions, [("dev", Questions)]);
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder, dropout: 0), task, Usual with { BatchSize = 10, Epochs = 30, OutputFolder = folder.File("run") });
        FineTuningOutcome outcome = trainer.Train();
        Assert.Equal("accuracy", task.MainMetric);
        Assert.Equal(0.05, outcome.Evaluation!.Baseline, 1e-9);
        Assert.True(outcome.Evaluation.Score > 0.9, $"{outcome.Evaluation}");
    }

    [Fact]
    public void The_loss_of_cosines_is_their_squared_distance_from_the_scaled_score()
    {
        ExampleSet<TextExample> pairs = Pairs(6);
        (string[] first, string[] second, double[] scores) = Sides(pairs);
        (double[,] cosines, double loss) = FirstStep(EmbeddingLoss.Cosine, pairs, first, second);
        Assert.Equal(Enumerable.Range(0, 6).Average(i => Math.Pow(cosines[i, i] - (scores[i] / 5), 2)), loss, 1e-5);
    }

    [Fact]
    public void CoSent_compares_all_pairs_of_an_update_however_long_they_are()
    {
        ExampleSet<TextExample> pairs = Pairs(6);
        (string[] first, string[] second, double[] scores) = Sides(pairs);
        (double[,] cosines, double loss) = FirstStep(EmbeddingLoss.CoSent, pairs, first, second);
        double sum = 1;
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 6; j++)
                if (scores[i] > scores[j]) sum += Math.Exp(20 * (cosines[j, j] - cosines[i, i]));
        Assert.True(sum > 2);
        Assert.Equal(Math.Log(sum), loss, 1e-4);
    }

    [Fact]
    public void InfoNce_is_the_cross_entropy_beside_the_others_of_the_update_but_those_that_are_the_same()
    {
        ExampleSet<TextExample> pairs = new("pairs", [.. Questions.Examples.Take(5), new TextExample("who was so very good ?", Questions.Examples[2].Pair)], []);
        (string[] first, string[] second, _) = Sides(pairs);
        (double[,] cosines, double loss) = FirstStep(EmbeddingLoss.InfoNce, pairs, first, second);
        Assert.Equal(CrossEntropy(cosines, (i, j) => i != j && second[i] == second[j]), loss, 1e-4);
    }

    [Fact]
    public void SimCse_is_the_same_between_two_passes_of_one_text_which_differ_by_dropout()
    {
        ExampleSet<TextExample> texts = TinyEncoder.Sentences(6, seed: 2);
        string[] all = [.. texts.Examples.Select(example => example.Text)];
        (double[,] cosines, double loss) = FirstStep(EmbeddingLoss.SimCse, texts, all, all);
        Assert.Equal(CrossEntropy(cosines, (i, j) => i != j && all[i] == all[j]), loss, 1e-4);
        (_, double dropped) = FirstStep(EmbeddingLoss.SimCse, texts, all, all, dropout: 0.1);
        Assert.True(Math.Abs(dropped - loss) > 1e-3, $"{dropped} with dropout, {loss} without");
        (_, double alone) = FirstStep(EmbeddingLoss.SimCse, texts, all, all, dropout: 0.1, layer: 0);
        Assert.NotEqual(0, alone);
    }

    [Theory]
    [InlineData(EmbeddingLoss.Cosine)]
    [InlineData(EmbeddingLoss.CoSent)]
    [InlineData(EmbeddingLoss.InfoNce)]
    [InlineData(EmbeddingLoss.SimCse)]
    public void A_stopped_run_goes_on_to_the_same_bits(EmbeddingLoss loss)
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        EmbeddingTask Task() => new("likeness", loss, Pairs(64), [("dev", Pairs(16, seed: 1))]);
        FineTuningOptions options = Usual with { Epochs = 1 };
        using (var whole = new FineTuningTrainer(encoder, Task(), options with { OutputFolder = folder.File("a") })) whole.Train();
        using (var first = new FineTuningTrainer(encoder, Task(), options with { OutputFolder = folder.File("b") }))
        {
            for (int i = 0; i < 3; i++) first.Step();
            first.Save();
        }

        using (var second = new FineTuningTrainer(encoder, Task(), options with { OutputFolder = folder.File("b") }))
        {
            Assert.Equal(3, second.StepsDone);
            second.Train();
        }

        Assert.Equal(File.ReadAllBytes(folder.File("a/model/model.safetensors")), File.ReadAllBytes(folder.File("b/model/model.safetensors")));
        var other = new EmbeddingTask("likeness", loss, Pairs(64), [("dev", Pairs(16, seed: 1))]) { Temperature = 0.1 };
        Assert.Throws<ArgumentException>(() => new FineTuningTrainer(encoder, other, options with { OutputFolder = folder.File("b") }));
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        ExampleSet<TextExample> pairs = Pairs(8), texts = TinyEncoder.Sentences(8);
        Says("has no second text", () => new EmbeddingTask("a", EmbeddingLoss.CoSent, texts, [("dev", pairs)]));
        Says("has no second text", () => new EmbeddingTask("a", EmbeddingLoss.SimCse, texts, [("dev", texts)]));
        Says("has no number", () => new EmbeddingTask("a", EmbeddingLoss.Cosine, Questions, [("dev", pairs)]));
        Says("has no number", () => new EmbeddingTask("a", EmbeddingLoss.Cosine, pairs, [("dev", pairs with { Examples = [.. pairs.Examples, Questions.Examples[0]] })]));
        Says("every pair has the score 5", () => new EmbeddingTask("a", EmbeddingLoss.Cosine, new("b", [.. Questions.Examples.Select(pair => pair with { Value = 5 })], []), [("dev", pairs)]));
        Says("no set", () => new EmbeddingTask("a", EmbeddingLoss.Cosine, pairs, []));
        var task = new EmbeddingTask("a", EmbeddingLoss.CoSent, pairs, [("dev", pairs)]);
        Says("the pairs of an update", () => Trainer(task, Usual with { BatchSize = 1 }));
        Says("one class of several", () => Trainer(task, Usual with { RDropWeight = 0.25 }));
        var high = new EmbeddingTask("a", EmbeddingLoss.CoSent, pairs, [("dev", pairs)]) { Embedding = new() { Layer = 3 } };
        Says("the encoder has 2 layers", () => Trainer(high, Usual));
        Assert.False(Directory.Exists(folder.File("run")));

        FineTuningTrainer Trainer(EmbeddingTask of, FineTuningOptions options) => new(encoder, of, options with { OutputFolder = folder.File("run") });
        static void Says(string what, Func<object> make) => Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    // Sentences of one mood are alike, of different length and wording less so.
    private static ExampleSet<TextExample> Pairs(int count, int seed = 0) => new("pairs", [.. TinyEncoder.Sentences(2 * count, seed).Examples.Chunk(2).Select(two =>
        new TextExample(two[0].Text, two[1].Text) { Value = two[0].Labels[0] != two[1].Labels[0] ? 0 : two[0].Text[4] == two[1].Text[4] ? 5 : 4 })], []);

    private static (string[] First, string[] Second, double[] Scores) Sides(ExampleSet<TextExample> pairs) =>
        ([.. pairs.Examples.Select(pair => pair.Text)], [.. pairs.Examples.Select(pair => pair.Pair!)], [.. pairs.Examples.Select(pair => pair.Value ?? 0)]);

    // All cosines between first and second texts, and the loss of one update with all examples.
    private static (double[,] Cosines, double Loss) FirstStep(
        EmbeddingLoss loss, ExampleSet<TextExample> training, string[] first, string[] second, double dropout = 0, int? layer = null)
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder, dropout);
        var cosines = new double[first.Length, second.Length];
        using (TextEmbedder embedder = TextEmbedder.FromPretrained(encoder))
        {
            IReadOnlyList<float[]> rows = embedder.Embed(first), columns = embedder.Embed(second);
            for (int i = 0; i < first.Length; i++)
            {
                for (int j = 0; j < second.Length; j++)
                {
                    double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
                    cosines[i, j] = Dot(rows[i], columns[j]) / Math.Sqrt(Dot(rows[i], rows[i]) * Dot(columns[j], columns[j]));
                }
            }
        }

        var task = new EmbeddingTask("one", loss, training, [("dev", Pairs(4))]) { Embedding = new() { Layer = layer }, LowestScore = 0, HighestScore = 5 };
        using var trainer = new FineTuningTrainer(encoder, task, Usual with { Epochs = 1, PositionsPerPass = 24, OutputFolder = folder.File("run") });
        trainer.Step();
        return (cosines, trainer.LossSinceReport());
    }

    private static double CrossEntropy(double[,] cosines, Func<int, int, bool> isLeftOut)
    {
        int count = cosines.GetLength(0);
        return Enumerable.Range(0, count).Average(i =>
            Math.Log(Enumerable.Range(0, count).Where(j => !isLeftOut(i, j)).Sum(j => Math.Exp(20 * cosines[i, j]))) - (20 * cosines[i, i]));
    }
}
