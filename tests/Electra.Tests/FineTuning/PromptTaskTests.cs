using Electra.Checkpoints;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.FineTuning;

/// <summary>Prompts that are learned from labels.</summary>
public class PromptTaskTests
{
    private static readonly FineTuningOptions Usual = new() { LearningRate = 5e-3, BatchSize = 8, LayerwiseLearningRateDecay = 1, SaveEvery = 0 };
    private static readonly Prompt Mood = new("{0} it was {} .", [new PromptClass("yes", ["good"]), new PromptClass("no", ["poors"])]);

    [Theory]
    [InlineData(PromptScoring.Logit, PieceAverage.Logits, PromptLoss.Words)]
    [InlineData(PromptScoring.Probability, PieceAverage.HiddenStates, PromptLoss.Words)]
    [InlineData(PromptScoring.Joint, PieceAverage.Logits, PromptLoss.Words)]
    [InlineData(PromptScoring.Joint, PieceAverage.Logits, PromptLoss.AllTokens)]
    public void It_learns_and_what_it_saves_says_the_same(PromptScoring scoring, PieceAverage average, PromptLoss loss)
    {
        using var folder = new TemporaryFolder();
        Prompt prompt = Mood with { Scoring = scoring, PieceAverage = average, Calibrate = loss == PromptLoss.AllTokens }; // learned it is judged, and served, as it is
        var task = new PromptTask(prompt, TinyEncoder.Task(192)) { Loss = loss };
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder, dropout: 0), task, Usual with { Epochs = 10, OutputFolder = folder.File("run") });
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.Evaluation!.Score > 0.9, $"{outcome.Evaluation}");
        Assert.InRange(outcome.Evaluation.Baseline, 0.3, 0.7);
        using var classifier = ZeroShotClassifier.FromPretrained(outcome.Folder!);
        string[] texts = [.. TinyEncoder.Sentences(32, seed: 1).Examples.Select(example => example.Text)];
        IReadOnlyList<TaskPrediction> said = outcome.Evaluation.Sets[0].Predictions;
        IReadOnlyList<TextClassification> served = classifier.Predict(texts);
        Assert.Equal(said.Select(prediction => prediction.Predicted), served.Select(result => result.Label));
        for (int i = 0; i < texts.Length; i++) Assert.Equal(said[i].Score, served[i].Score, 1e-4);
    }

    [Fact]
    public void The_loss_of_words_is_binary_cross_entropy_of_their_mean_logits()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder, dropout: 0);
        ExampleSet<TextExample> four = TinyEncoder.Sentences(4);
        Prompt prompt = Mood with { Classes = [Mood.Classes[1], Mood.Classes[0]] }; // in the order of the labels
        using var classifier = ZeroShotClassifier.FromPretrained(encoder, prompt);
        float[][] words = classifier.WordLogits([.. four.Examples.Select(example => (example.Text, (string?)null))]);
        double expected = four.Examples.Zip(words).Average(pair => (Term(pair.Second[0], pair.First.Labels[0] != "no") + Term(pair.Second[1], pair.First.Labels[0] != "yes")) / 2);
        var task = new PromptTask(Mood, new TextClassificationTask("mood", LabelKind.SingleLabel, four, [("dev", four)]));
        using var trainer = new FineTuningTrainer(encoder, task, Usual with { Epochs = 1, OutputFolder = folder.File("run") });
        trainer.Step();
        Assert.Equal(expected, trainer.LossSinceReport(), 1e-5);

        static double Term(double logit, bool isWrong) => Math.Log(1 + Math.Exp(isWrong ? -logit : logit));
    }

    [Fact]
    public void The_loss_of_all_tokens_counts_the_other_words_as_wrong_and_the_rest_as_right()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder, dropout: 0);
        var one = new ExampleSet<TextExample>("one", [new TextExample("the film") { Labels = ["yes"] }, new TextExample("so") { Labels = ["no"] }], []);
        long[][] ids = [Framed("the film it was poors good ."), Framed("so it was poors good .")]; // alphabetical: no, yes
        int[][] wrong = [[5, 6], [6]];
        using ElectraForPreTraining model = ElectraForPreTraining.FromPretrained(encoder);
        using var scope = NewDisposeScope();
        double expected = ids.Zip(wrong).Average(pair =>
            model.forward(tensor(pair.First, [1, pair.First.Length])).data<float>().Select((logit, at) => Math.Log(1 + Math.Exp(pair.Second.Contains(at) ? -logit : logit))).Average());
        var task = new PromptTask(Mood with { Scoring = PromptScoring.Joint }, new TextClassificationTask("mood", LabelKind.SingleLabel, one, [("dev", one)])) { Loss = PromptLoss.AllTokens };
        using var trainer = new FineTuningTrainer(encoder, task, Usual with { Epochs = 1, OutputFolder = folder.File("run") });
        trainer.Step();
        Assert.Equal(expected, trainer.LossSinceReport(), 1e-5);

        static long[] Framed(string text) =>
            [TinyEncoder.Tokenizer.SpecialTokens.ClsId, .. TinyEncoder.Tokenizer.EncodeToIds(text).Select(id => (long)id), TinyEncoder.Tokenizer.SpecialTokens.SepId];
    }

    [Fact]
    public void The_head_of_pre_training_is_kept_and_a_stopped_run_goes_on_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        var task = new PromptTask(Mood, TinyEncoder.Task());
        FineTuningOptions options = Usual with { Epochs = 1 };
        using (var fresh = new FineTuningTrainer(encoder, task, options with { OutputFolder = folder.File("a") }))
        using (ElectraForPreTraining saved = ElectraForPreTraining.FromPretrained(encoder))
        {
            Assert.Equal(Head(saved), Head((ElectraForPreTraining)fresh.Model));
            fresh.Train();
        }

        using (var first = new FineTuningTrainer(encoder, task, options with { OutputFolder = folder.File("b") }))
        {
            for (int i = 0; i < 3; i++) first.Step();
            first.Save();
        }

        using (var second = new FineTuningTrainer(encoder, task, options with { OutputFolder = folder.File("b") }))
        {
            Assert.Equal(3, second.StepsDone);
            second.Train();
        }

        Assert.Equal(File.ReadAllBytes(folder.File("a/model/model.safetensors")), File.ReadAllBytes(folder.File("b/model/model.safetensors")));
        var other = new PromptTask(Mood with { Template = "{0} {} ." }, TinyEncoder.Task());
        Assert.Throws<ArgumentException>(() => new FineTuningTrainer(encoder, other, options with { OutputFolder = folder.File("b") }));

        static float[] Head(ElectraForPreTraining model) => model.get_parameter("discriminator_predictions.dense.weight")!.data<float>().ToArray();
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var folder = new TemporaryFolder();
        TextClassificationTask texts = TinyEncoder.Task();
        string encoder = TinyEncoder.Write(folder);
        Assert.Contains("the texts have no, yes", Assert.Throws<ArgumentException>(() => new PromptTask(Prompt.Of("{}", "good", "bad"), texts)).Message, StringComparison.Ordinal);
        Assert.Contains("judged together", Assert.Throws<ArgumentException>(() => new FineTuningTrainer(encoder, new PromptTask(Mood, texts) { Loss = PromptLoss.AllTokens }, Usual)).Message, StringComparison.Ordinal);
        Assert.Contains("head with classes", Assert.Throws<ArgumentException>(() => new FineTuningTrainer(encoder, new PromptTask(Mood, texts), Usual with { LabelSmoothing = 0.1 })).Message, StringComparison.Ordinal);
        using var classifier = new FineTuningTrainer(encoder, texts, Usual with { Epochs = 0.1, OutputFolder = folder.File("run") });
        string headed = classifier.Train().Folder!;
        Assert.Contains("no discriminator", Assert.Throws<InvalidDataException>(() => new FineTuningTrainer(headed, new PromptTask(Mood, texts), Usual with { OutputFolder = folder.File("c") })).Message, StringComparison.Ordinal);
    }
}
