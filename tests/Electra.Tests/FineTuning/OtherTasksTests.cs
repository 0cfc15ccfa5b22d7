using Electra.Configuration;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;

namespace Electra.Tests.FineTuning;

/// <summary>Tasks other than one class of a text: each is learned by heart by a tiny encoder, saved, loaded and asked.</summary>
public class OtherTasksTests
{
    private static readonly FineTuningOptions Usual = new() { LearningRate = 5e-3, BatchSize = 8, LayerwiseLearningRateDecay = 1, SaveEvery = 0 };

    [Fact]
    public void Numbers_are_learned()
    {
        using var folder = new TemporaryFolder();
        var task = new TextClassificationTask("mood", LabelKind.Number, TinyEncoder.Sentences(64), [("dev", TinyEncoder.Sentences(32, seed: 1))]);
        FineTuningOutcome outcome = Train(folder, task, Usual with { Epochs = 10 });
        Assert.True(outcome.Evaluation!.Score > 0.9, $"{outcome.Evaluation}");
        Assert.True(double.IsNaN(outcome.Evaluation.Baseline));
        using TextRegressor regressor = TextRegressor.FromPretrained(outcome.Folder!);
        Assert.InRange(regressor.Predict("the film was good ."), 0.5, 1.5);
        Assert.InRange(regressor.Predict("the film was bad ."), -1.5, -0.5);
        Assert.Contains("TextRegressor", Assert.Throws<InvalidDataException>(() => TextClassifier.FromPretrained(outcome.Folder!)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HeadStyle.HuggingFace)]
    [InlineData(HeadStyle.Google)]
    public void Several_labels_at_once_are_learned(HeadStyle style)
    {
        using var folder = new TemporaryFolder();
        ExampleSet<TextExample> Labelled(ExampleSet<TextExample> set) => set with
        {
            Examples = [.. set.Examples.Select(example => example with { Labels = [.. example.Labels, .. example.Text.Contains("film", StringComparison.Ordinal) ? ["film"] : Array.Empty<string>()] })],
        };
        var task = new TextClassificationTask("both", LabelKind.MultiLabel, Labelled(TinyEncoder.Sentences(96)), [("dev", Labelled(TinyEncoder.Sentences(32, seed: 1)))]);
        FineTuningOutcome outcome = Train(folder, task, Usual with { Epochs = 12, HeadStyle = style });
        Assert.True(outcome.Evaluation!.Score > 0.9, $"{outcome.Evaluation}");
        Assert.Equal(["micro_f1", "macro_f1", "exact_match"], outcome.Evaluation.Sets[0].Metrics.Keys);
        using TextClassifier classifier = TextClassifier.FromPretrained(outcome.Folder!);
        Assert.Equal(["film", "yes"], classifier.Predict("the film was good .").Labels.Order());
    }

    [Fact]
    public void Tags_are_learned_and_entities_found_where_they_stand()
    {
        using var folder = new TemporaryFolder();
        ExampleSet<TaggedSentence> Set(int count, int seed)
        {
            var random = new Random(seed);
            return new("tags", [.. Enumerable.Range(0, count).Select(_ =>
            {
                bool isShort = random.Next(2) == 0;
                string[] words = isShort ? ["ada", "lives", "in", "paris"] : ["the", "good", "film", "lives", "in", "the", "book"];
                string[] tags = isShort ? ["B-PER", "O", "O", "B-LOC"] : ["B-ART", "I-ART", "I-ART", "O", "O", "B-ART", "I-ART"];
                return new TaggedSentence(words, tags);
            })], []);
        }

        var task = new TokenClassificationTask("tags", Set(48, 0), [("dev", Set(16, 1))]);
        FineTuningOutcome outcome = Train(folder, task, Usual with { Epochs = 10 });
        Assert.True(outcome.Evaluation!.Score > 0.95, $"{outcome.Evaluation}");
        using TokenClassifier tagger = TokenClassifier.FromPretrained(outcome.Folder!);
        IReadOnlyList<TextEntity> entities = tagger.Predict("Ada lives in  Paris.");
        Assert.Equal(("PER", "Ada", 0), (entities[0].Type, entities[0].Text, entities[0].Start));
        Assert.Equal(("LOC", "Paris", 14), (entities[1].Type, entities[1].Text, entities[1].Start));
        Assert.Equal(["B-ART", "I-ART", "I-ART", "O"], tagger.PredictTags(["the", "good", "film", "lives"]).Select(tag => tag.Label));

        // far longer than the model takes: every word has its tag
        string[] many = [.. Enumerable.Repeat<string[]>(["ada", "lives", "in", "paris"], 40).SelectMany(words => words)];
        IReadOnlyList<LabelScore> tags = tagger.PredictTags(many);
        Assert.Equal(many.Length, tags.Count);
        Assert.All(tags, tag => Assert.True(tag.Score > 0));
        Assert.True(many.Zip(tags).Count(item => (item.First == "paris") == (item.Second.Label == "B-LOC")) > 0.9 * many.Length);
    }

    [Theory]
    [InlineData(HeadStyle.HuggingFace, false)]
    [InlineData(HeadStyle.HuggingFace, true)]
    [InlineData(HeadStyle.Google, true)]
    public void Answers_are_learned_and_found_in_long_texts(HeadStyle style, bool hasImpossible)
    {
        using var folder = new TemporaryFolder();
        ExampleSet<QuestionExample> Set(int count, int seed)
        {
            var random = new Random(seed);
            return new("questions", [.. Enumerable.Range(0, count).Select(i =>
            {
                string filler = string.Join(' ', Enumerable.Repeat("the song was fine .", random.Next(5))), place = random.Next(2) == 0 ? "paris" : "book";
                string context = $"{filler} ada lives in {place} . {filler}".Trim();
                bool isImpossible = hasImpossible && i % 3 == 0;
                return isImpossible
                    ? new QuestionExample($"{i}", "who is bad ?", context, [])
                    : new QuestionExample($"{i}", "where lives ada ?", context, [new AnswerText(place, context.IndexOf(place, StringComparison.Ordinal))]);
            })], []);
        }

        var task = new QuestionAnsweringTask("questions", Set(64, 0), Set(24, 1)) { UsualEpochs = 12 };
        FineTuningOutcome outcome = Train(folder, task, Usual with { HeadStyle = style });
        Assert.True(outcome.Evaluation!.Score > 85, $"{outcome.Evaluation}");
        using QuestionAnswerer answerer = QuestionAnswerer.FromPretrained(
            outcome.Folder!, noAnswerThreshold: hasImpossible ? outcome.Evaluation.Sets[0].Metrics["no_answer_threshold"] : null);
        string text = string.Concat(Enumerable.Repeat("the song was fine . ", 30)) + "Ada lives in Paris. " + string.Concat(Enumerable.Repeat("the song was fine . ", 30));
        QuestionAnswer answer = answerer.Predict("where lives ada ?", text);
        Assert.True(answer.HasAnswer);
        Assert.Equal("Paris", answer.Text);
        Assert.Equal(text.IndexOf("Paris", StringComparison.Ordinal), answer.Answers[0].Start);
    }

    [Fact]
    public void Choices_are_learned_also_when_there_are_more_or_fewer()
    {
        using var folder = new TemporaryFolder();
        ExampleSet<ChoiceExample> Set(int count, int seed)
        {
            var random = new Random(seed);
            return new("choices", [.. Enumerable.Range(0, count).Select(_ =>
            {
                int choices = random.Next(2, 5), right = random.Next(choices);
                return new ChoiceExample("the film", [.. Enumerable.Range(0, choices).Select(i => i == right ? "was good" : random.Next(2) == 0 ? "was bad" : "is poor")], right);
            })], []);
        }

        FineTuningOutcome outcome = Train(folder, new MultipleChoiceTask("choices", Set(96, 0), Set(32, 1)), Usual with { Epochs = 8 });
        Assert.True(outcome.Evaluation!.Score > 0.9, $"{outcome.Evaluation}");
        using MultipleChoice choice = MultipleChoice.FromPretrained(outcome.Folder!);
        IReadOnlyList<double> probabilities = choice.Predict("the film", ["was bad", "was good", "is poor", "was bad", "is poor"]);
        Assert.Equal(1, probabilities.Sum(), 9);
        Assert.Equal(1, probabilities.Index().MaxBy(item => item.Item).Index);
    }

    [Fact]
    public void Several_seeds_are_summed_up_and_runs_that_learn_nothing_are_named()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder, dropout: 0);
        FineTuningOptions options = Usual with { Epochs = 10, OutputFolder = folder.File("run") };
        TrialsReport report = FineTuningTrials.Run(encoder, TinyEncoder.Task(), options, new TrialsOptions { Seeds = [3, 4, 5], RandomWeightRuns = 1 });
        Assert.True(report.IsComplete);
        Assert.Equal((3, 1), (report.Runs.Count, report.RandomWeights.Count));
        Assert.Equal(report.Runs.Select(run => run.Evaluation.Score).Order().ElementAt(1), report.Summary["accuracy"].Median);
        Assert.True(Directory.Exists(folder.File("run", "seed-4", "model")));

        TrialsReport idle = FineTuningTrials.Run(
            encoder, TinyEncoder.Task(), options with { LearningRate = 1e-9, OutputFolder = folder.File("idle") }, new TrialsOptions { Seeds = [0], Retries = 2 });
        Assert.Equal(2, idle.Retried.Count);
        // The encoder is as random as the random weights are: what it learns shows only beside the baseline.
        Assert.All(report.Runs, run => Assert.Equal(FineTuningVerdict.Learned, FineTuningTrials.Judge(run.Evaluation, [])));
        Assert.All(report.Runs, run => Assert.Equal(
            run.Evaluation.Score > report.RandomWeights[0].Evaluation.Score ? FineTuningVerdict.Learned : FineTuningVerdict.NoBetterThanRandomWeights, run.Verdict));
        Assert.NotEqual(FineTuningVerdict.Learned, idle.Runs[0].Verdict);
        Assert.Contains("learned nothing", idle.Advice, StringComparison.Ordinal);
        Assert.Equal(2, idle.Runs[0].Seed);
    }

    private static FineTuningOutcome Train(TemporaryFolder folder, FineTuningTask task, FineTuningOptions options)
    {
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder, dropout: 0), task, options with { OutputFolder = folder.File("run") });
        return trainer.Train();
    }
}
