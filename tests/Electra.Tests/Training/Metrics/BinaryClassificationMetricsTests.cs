using Electra.Training;

using static TorchSharp.torch;

namespace Electra.Tests.Training.Metrics;

public class BinaryClassificationMetricsTests
{
    [Fact]
    public void Counts_come_from_the_threshold_and_area_from_the_order()
    {
        var metrics = BinaryClassificationMetrics.Compute([2, -1, 0.5f, -3, -0.5f], [true, true, false, false, false]);
        Assert.Equal(5, metrics.Count);
        Assert.Equal(2, metrics.Positives);
        Assert.Equal(0.6, metrics.Accuracy, 12);
        Assert.Equal(0.5, metrics.Precision, 12);
        Assert.Equal(0.5, metrics.Recall, 12);
        Assert.Equal(4.0 / 6, metrics.AreaUnderCurve, 12);
        Assert.Equal(0.4, metrics.PositiveRate, 12);
    }

    [Fact]
    public void Nothing_predicted_positive_gives_zero_precision_and_no_nan()
    {
        var metrics = BinaryClassificationMetrics.Compute([-2, -1], [true, false]);
        Assert.Equal(0, metrics.Precision);
        Assert.Equal(0, metrics.Recall);
        Assert.Equal(0, BinaryClassificationMetrics.Compute([], []).Accuracy);
    }

    [Fact]
    public void Batches_add_up_and_padding_is_left_out()
    {
        using var scope = NewDisposeScope();
        var collected = new BinaryClassificationScores();
        collected.Add(tensor(new float[] { 1, 2, -1, -9 }).reshape(2, 2), tensor(new long[] { 1, 0, 0, 1 }).reshape(2, 2),
            tensor(new long[] { 1, 1, 1, 0 }).reshape(2, 2));
        collected.Add(tensor(new float[] { 3 }).to(ScalarType.BFloat16), tensor(new[] { true }));
        Assert.Equal(4, collected.Count);
        Assert.Equal(BinaryClassificationMetrics.Compute([1, 2, -1, 3], [true, false, false, true]), collected.Compute());
    }

    [Fact]
    public void Shapes_that_differ_are_refused() =>
        Assert.Throws<ArgumentException>(() => new BinaryClassificationScores().Add(zeros(3), zeros(2)));
}
