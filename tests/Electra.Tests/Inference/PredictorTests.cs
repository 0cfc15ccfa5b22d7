using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.Inference;

/// <summary>What all predictors promise, seen on the classifier.</summary>
public sealed class PredictorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public PredictorTests()
    {
        var options = new FineTuningOptions { LearningRate = 3e-3, BatchSize = 8, Epochs = 1, OutputFolder = folder.File("run") };
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder), TinyEncoder.Task(), options);
        model = trainer.Train().Folder!;
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Many_threads_get_what_one_gets()
    {
        string[] texts = [.. TinyEncoder.Sentences(96, seed: 5).Examples.Select(example => example.Text)];
        using TextClassifier classifier = TextClassifier.FromPretrained(model);
        double[] alone = [.. texts.Select(text => classifier.Predict(text).Score)];
        double[][] together = new double[8][];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = [.. texts.Select(text => classifier.Predict(text).Score)]);
        Assert.All(together, scores => Assert.Equal(alone, scores));
    }

    [Fact]
    public void A_batch_gives_what_its_texts_give_alone_in_their_order()
    {
        string[] texts = [.. TinyEncoder.Sentences(50, seed: 6).Examples.Select(example => example.Text), "", "so"];
        using TextClassifier classifier = TextClassifier.FromPretrained(model, new InferenceOptions { PositionsPerPass = 100 });
        IReadOnlyList<TextClassification> batch = classifier.Predict(texts);
        Assert.Equal(texts.Length, batch.Count);
        for (int i = 0; i < texts.Length; i++)
        {
            TextClassification single = classifier.Predict(texts[i]);
            Assert.Equal(single.Label, batch[i].Label);
            Assert.Equal(single.Score, batch[i].Score, 5);
        }

        Assert.Equal(batch.Select(result => result.Label), classifier.PredictAll(texts).Select(result => result.Label));
        Assert.Empty(classifier.Predict(Array.Empty<string>()));
    }

    [Fact]
    public void Long_texts_are_cut_and_say_so()
    {
        using TextClassifier classifier = TextClassifier.FromPretrained(model);
        Assert.False(classifier.Predict("the film was good .").IsTruncated);
        TextClassification cut = classifier.Predict("the film was good ." + string.Concat(Enumerable.Repeat(" so", 100)));
        Assert.True(cut.IsTruncated);
        Assert.Equal(cut.Score, classifier.Predict("the film was good ." + string.Concat(Enumerable.Repeat(" so", 25))).Score);
        using TextClassifier shorter = TextClassifier.FromPretrained(model, new InferenceOptions { MaxLength = 6 });
        Assert.True(shorter.Predict("the film was good .").IsTruncated);
    }

    [Fact]
    public void A_folder_with_another_head_or_none_is_refused()
    {
        Assert.Contains("no head for", Assert.Throws<InvalidDataException>(() => TokenClassifier.FromPretrained(folder.File("encoder"))).Message, StringComparison.Ordinal);
        Assert.Contains("no head for", Assert.Throws<InvalidDataException>(() => QuestionAnswerer.FromPretrained(model)).Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TextClassifier), Assert.Throws<InvalidDataException>(() => TextRegressor.FromPretrained(model)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => TextClassifier.FromPretrained(folder.File("nowhere")));
        File.WriteAllLines(Path.Combine(model, "vocab.txt"), File.ReadAllLines(Path.Combine(model, "vocab.txt")).Append("more"));
        File.Delete(Path.Combine(model, "tokenizer.json"));
        Assert.Throws<InvalidDataException>(() => TextClassifier.FromPretrained(model));
    }

    [Fact]
    public void It_can_be_cancelled_and_asked_again()
    {
        using TextClassifier classifier = TextClassifier.FromPretrained(model);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Predict(["a", "so"], cancellationToken: cancelled.Token));
        Assert.Throws<ArgumentException>(() => classifier.Predict(["a", "so"], ["one"]));
        Assert.Equal(2, classifier.Predict(["a", "so"]).Count);
    }
}
