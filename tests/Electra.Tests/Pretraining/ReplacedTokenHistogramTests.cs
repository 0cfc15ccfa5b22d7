using Electra.Pretraining;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class ReplacedTokenHistogramTests
{
    [Theory]
    [InlineData(0.0, 3.0)]
    [InlineData(-2.0, 0.05)] // an untrained discriminator: all logits close together, away from 0
    [InlineData(0.0, 0.01)]
    [InlineData(-60.0, 30.0)]
    public void Metrics_agree_with_the_exact_ones(double mean, double deviation)
    {
        using var scope = NewDisposeScope();
        Tensor isReplaced = rand(40, 128).lt(0.1);
        Tensor logits = (randn(40, 128) * deviation) + mean + (isReplaced.to(ScalarType.Float32) * deviation);
        Tensor mask = rand(40, 128).lt(0.9);
        var exact = new BinaryClassificationScores();
        using var histogram = new ReplacedTokenHistogram(CPU);
        exact.Add(logits, isReplaced, mask);
        histogram.Add(logits.narrow(0, 0, 25), isReplaced.narrow(0, 0, 25), mask.narrow(0, 0, 25));
        histogram.Add(logits.narrow(0, 25, 15), isReplaced.narrow(0, 25, 15), mask.narrow(0, 25, 15));

        BinaryClassificationMetrics expected = exact.Compute(), actual = histogram.Read();
        Assert.Equal((expected.Count, expected.Positives), (actual.Count, actual.Positives));
        Assert.Equal(expected.Accuracy, actual.Accuracy, 1e-12);
        Assert.Equal(expected.Precision, actual.Precision, 1e-12);
        Assert.Equal(expected.Recall, actual.Recall, 1e-12);
        Assert.Equal(expected.AreaUnderCurve, actual.AreaUnderCurve, 2e-3);
    }

    [Fact]
    public void All_text_counts_and_nothing_remains_after_clearing()
    {
        using var scope = NewDisposeScope();
        using var histogram = new ReplacedTokenHistogram(CPU);
        histogram.Add(tensor(new float[,] { { 1, -1, float.NaN, 1e30f } }), tensor(new[,] { { true, false, false, true } }), ones([1, 4], ScalarType.Bool));
        Assert.Equal(new BinaryClassificationMetrics(4, 2, 1, 1, 1, 1), histogram.Read());
        histogram.Clear();
        Assert.Equal(new BinaryClassificationMetrics(0, 0, 0, 0, 0, 0.5), histogram.Read());
    }
}
