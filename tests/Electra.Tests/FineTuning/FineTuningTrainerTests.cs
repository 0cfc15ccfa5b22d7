using Electra.Checkpoints;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Tests.Support;

namespace Electra.Tests.FineTuning;

public class FineTuningTrainerTests
{
    private static readonly FineTuningOptions Usual = new() { LearningRate = 3e-3, BatchSize = 8, Epochs = 8, LogEvery = 4, SaveEvery = 5, LayerwiseLearningRateDecay = 1 };

    [Fact]
    public void It_learns_saves_and_serves_what_it_learned()
    {
        using var folder = new TemporaryFolder();
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder), TinyEncoder.Task(), Usual with { OutputFolder = folder.File("run") });
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.IsComplete);
        Assert.Equal(64, outcome.Steps);
        Assert.True(outcome.Evaluation!.Score > 0.9, $"{outcome.Evaluation}");
        Assert.True(outcome.Evaluation.Score > outcome.Evaluation.Baseline + 0.2);

        using TextClassifier classifier = TextClassifier.FromPretrained(outcome.Folder!);
        Assert.Equal("yes", classifier.Predict("the film was good .").Label);
        Assert.Equal("no", classifier.Predict("the book is so so poor .").Label);
        ExampleSet<TextExample> dev = TinyEncoder.Sentences(32, seed: 1);
        IReadOnlyList<TextClassification> served = classifier.Predict([.. dev.Examples.Select(example => example.Text)]);
        Assert.Equal(outcome.Evaluation.Sets[0].Predictions.Select(prediction => prediction.Predicted), served.Select(prediction => prediction.Label));
        Assert.Equal("1", $"{outcome.Evaluation.Sets[0].Predictions[1].Id}");
    }

    /// <summary>Killed after any update, with or without a checkpoint just there, a run comes to the same bits, logs and best model.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(23)]
    public void A_run_that_was_killed_comes_to_the_same_bits(long killedAt)
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        FineTuningOptions options = Usual with { Epochs = 3, SelectBest = true };
        string whole = Run(encoder, options with { OutputFolder = folder.File("whole") }, null);
        FineTuningOptions parts = options with { OutputFolder = folder.File("parts") };
        Assert.Throws<KilledException>(() => Run(encoder, parts, killedAt));
        string resumed = Run(encoder, parts, null);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(resumed, "model.safetensors")));
        string[] Log(string run) => [.. File.ReadAllLines(folder.File(run, "metrics.jsonl")).Select(line =>
            System.Text.RegularExpressions.Regex.Replace(line, "\"(time|tokens_per_second)\":[^,}]*", ""))];
        Assert.Equal(Log("whole"), Log("parts"));
    }

    [Fact]
    public void A_run_with_other_options_or_data_is_not_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        FineTuningOptions options = Usual with { Epochs = 1, OutputFolder = folder.File("run") };
        using (var trainer = new FineTuningTrainer(encoder, TinyEncoder.Task(), options)) trainer.Train();
        string Message(Func<FineTuningTrainer> make) => Assert.Throws<ArgumentException>(() => make().Dispose()).Message;
        Assert.Contains("LearningRate", Message(() => new FineTuningTrainer(encoder, TinyEncoder.Task(), options with { LearningRate = 1e-3 })), StringComparison.Ordinal);
        Assert.Contains("examples", Message(() => new FineTuningTrainer(encoder, TinyEncoder.Task(63), options)), StringComparison.Ordinal);
        using var longer = new FineTuningTrainer(encoder, TinyEncoder.Task(), options with { Epochs = 2 });
        Assert.Equal(8, longer.StepsDone);
    }

    [Fact]
    public void Bad_options_are_told_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        FineTuningOptions options = Usual with { OutputFolder = folder.File("run") };
        foreach ((FineTuningOptions bad, string word) in new[]
        {
            (options with { BatchSize = 0 }, "BatchSize"), (options with { Epochs = 0 }, "Epochs"), (options with { LabelSmoothing = 1 }, "LabelSmoothing"),
            (options with { ClassWeights = new Dictionary<string, double> { ["maybe"] = 2 } }, "maybe"), (options with { ReinitializedLayers = 3 }, "ReinitializedLayers"),
            (options with { Frozen = ["electra.encodr"] }, "electra.encodr"), (options with { WarmupFraction = 2 }, "WarmupFraction"),
        })
        {
            Assert.Contains(word, Assert.Throws<ArgumentException>(() => new FineTuningTrainer(encoder, TinyEncoder.Task(), bad)).Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder.File("run")));
        }
    }

    [Fact]
    public void Early_stopping_ends_a_run_and_the_best_model_is_kept()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        FineTuningOptions options = Usual with { Epochs = 50, EarlyStoppingPatience = 2, SelectBest = true, OutputFolder = folder.File("run") };
        var evaluations = new List<FineTuningEvaluation>();
        using var trainer = new FineTuningTrainer(encoder, TinyEncoder.Task(), options, observer: new Recorder(evaluations));
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.IsComplete);
        Assert.True(outcome.Steps < trainer.Options.TrainSteps);
        Assert.Equal(evaluations.Max(evaluation => evaluation.Score), outcome.Evaluation!.Score);
        Assert.Equal(3, evaluations.Count - evaluations.FindIndex(evaluation => evaluation.Score == outcome.Evaluation.Score));
    }

    [Fact]
    public void Frozen_parts_stay_as_they_are()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        using var trainer = new FineTuningTrainer(
            encoder, TinyEncoder.Task(), Usual with { Epochs = 1, Frozen = ["electra.embeddings", "electra.encoder.layer.0."], OutputFolder = folder.File("run") });
        string saved = trainer.Train().Folder!;
        using SafetensorsReader before = SafetensorsReader.Open(Path.Combine(encoder, "model.safetensors")), after = SafetensorsReader.Open(Path.Combine(saved, "model.safetensors"));
        foreach (string name in before.Entries.Keys.Where(name => name.StartsWith("electra.", StringComparison.Ordinal)))
        {
            bool isFrozen = name.StartsWith("electra.embeddings", StringComparison.Ordinal) || name.StartsWith("electra.encoder.layer.0.", StringComparison.Ordinal);
            bool isKeyBias = name.EndsWith("key.bias", StringComparison.Ordinal); // has no gradient but rounding
            if (!isKeyBias) Assert.Equal(isFrozen, before.ReadTensor(name).eq(after.ReadTensor(name)).all().item<bool>());
        }
    }

    private static string Run(string encoder, FineTuningOptions options, long? killedAt)
    {
        using var trainer = new FineTuningTrainer(encoder, TinyEncoder.Task(), options);
        trainer.StepMade = step =>
        {
            if (step == killedAt) throw new KilledException();
        };
        return trainer.Train().Folder!;
    }

    private sealed class KilledException : Exception;

    private sealed class Recorder(List<FineTuningEvaluation> evaluations) : IFineTuningObserver
    {
        public void OnEvaluated(FineTuningEvaluation evaluation) => evaluations.Add(evaluation);
    }
}
