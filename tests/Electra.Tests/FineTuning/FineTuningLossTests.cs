using Electra.FineTuning;
using Electra.Modeling;
using Electra.Tests.Support;
using TorchSharp.Modules;

namespace Electra.Tests.FineTuning;

/// <summary>What the first update makes of the network's own probabilities, under each choice of loss.</summary>
public class FineTuningLossTests
{
    private const int Count = 64;

    private static readonly FineTuningOptions Usual = new()
    {
        LearningRate = 1e-3,
        BatchSize = Count,
        Epochs = 1,
        LogEvery = 1,
        EvaluateEachEpoch = false,
        SaveEvery = 0,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.6)]
    public void Label_smoothing_spreads_a_share_over_all_classes(double share)
    {
        FirstUpdate first = FirstUpdate.Make(Usual with { LabelSmoothing = share });
        Assert.Equal(
            first.Examples.Average(example => -((1 - (share / 2)) * Math.Log(example.Truth)) - (share / 2 * Math.Log(1 - example.Truth))), first.Loss, 1e-5);
    }

    [Fact]
    public void A_class_weighs_what_it_is_told_to()
    {
        FirstUpdate first = FirstUpdate.Make(Usual with { ClassWeights = new Dictionary<string, double> { ["no"] = 3 } });
        double[] weights = [.. first.Examples.Select(example => example.Label == "no" ? 3.0 : 1)];
        double expected = first.Examples.Zip(weights).Sum(item => -item.Second * Math.Log(item.First.Truth)) / weights.Sum();
        Assert.Equal(expected, first.Loss, 1e-5);
        Assert.True(Math.Abs(expected - first.Examples.Average(example => -Math.Log(example.Truth))) > 1e-4, "weights change nothing here");
    }

    [Fact]
    public void R_Drop_adds_the_divergences_of_two_passes_times_its_weight()
    {
        double[] losses = [.. new[] { 1.0, 2, 3 }.Select(weight => FirstUpdate.Make(Usual with { RDropWeight = weight }, dropout: 0.3).Loss)];
        Assert.True(losses[1] - losses[0] > 1e-3, string.Join(' ', losses));
        Assert.Equal(losses[1] - losses[0], losses[2] - losses[1], 1e-5);
        double without = FirstUpdate.Make(Usual).Loss;
        Assert.Equal(without, FirstUpdate.Make(Usual with { RDropWeight = 3 }).Loss, 1e-5); // both passes are the same without dropout
    }

    [Fact]
    public void A_sum_has_gradients_of_all_examples_together()
    {
        FirstUpdate mean = FirstUpdate.Make(Usual), sum = FirstUpdate.Make(Usual with { Reduction = LossReduction.Sum });
        Assert.Equal(Count, sum.GradientNorm / mean.GradientNorm, 1e-3);
        Assert.Equal(mean.Loss, sum.Loss, 1e-6);
    }

    [Fact]
    public void The_papers_arithmetic_learns_with_its_own_head()
    {
        using var folder = new TemporaryFolder();
        FineTuningOptions options = (Usual with { BatchSize = 8, Epochs = 10, LearningRate = 3e-3, EvaluateEachEpoch = true }).AsGoogleCompatible();
        using var trainer = new FineTuningTrainer(TinyEncoder.Write(folder), TinyEncoder.Task(), options with { OutputFolder = folder.File("run") });
        Assert.DoesNotContain("classifier.dense.weight", trainer.Model.named_parameters().Select(item => item.name));
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.Evaluation!.Score > 0.9, $"{outcome.Evaluation}");
    }

    [Theory]
    [InlineData(HeadInitialization.Normal, 0.1)] // the encoder's initializer_range
    [InlineData(HeadInitialization.Glorot, 0.1767767)] // sqrt(2 / (32 + 32))
    public void A_head_starts_from_the_distribution_asked_for(HeadInitialization initialization, double deviation)
    {
        using var folder = new TemporaryFolder();
        using var trainer = new FineTuningTrainer(
            TinyEncoder.Write(folder), TinyEncoder.Task(), Usual with { HeadInitialization = initialization, OutputFolder = folder.File("run") });
        Dictionary<string, Parameter> head = trainer.Model.named_parameters().ToDictionary(item => item.name, item => item.parameter);
        float[] weights = [.. head["classifier.dense.weight"].data<float>()];
        Assert.Equal(deviation, Math.Sqrt(weights.Average(weight => weight * weight)), 0.1 * deviation);
        Assert.Equal(initialization == HeadInitialization.Normal, weights.Max(Math.Abs) > 2.5 * deviation); // a uniform one ends at 1.73 deviations
        Assert.All(head["classifier.out_proj.bias"].data<float>(), bias => Assert.Equal(0, bias));
    }

    private sealed record FirstUpdate(IReadOnlyList<(string Label, double Truth)> Examples, double Loss, double GradientNorm) : IFineTuningObserver
    {
        private FineTuningReport? report;

        public static FirstUpdate Make(FineTuningOptions options, double dropout = 0)
        {
            using var folder = new TemporaryFolder();
            ExampleSet<TextExample> examples = TinyEncoder.Sentences(Count);
            var task = new TextClassificationTask("mood", LabelKind.SingleLabel, examples, [("the same", examples)]);
            var first = new FirstUpdate([], 0, 0);
            using var trainer = new FineTuningTrainer(
                TinyEncoder.Write(folder, dropout), task, options with { OutputFolder = folder.File("run") }, observer: first);
            IReadOnlyList<TaskPrediction> before = trainer.Evaluate().Sets[0].Predictions;
            trainer.Train();
            FineTuningReport report = first.report!;
            Assert.Equal(1, report.Step);
            return new FirstUpdate(
                [.. before.Select(prediction => (prediction.Truth!, prediction.Predicted == prediction.Truth ? prediction.Score : 1 - prediction.Score))],
                report.Loss, report.GradientNorm);
        }

        public void OnProgress(FineTuningReport report) => this.report ??= report;
    }
}
