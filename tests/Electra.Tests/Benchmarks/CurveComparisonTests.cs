using Electra.Benchmarks.Curves.Comparison;
using Electra.Benchmarks.Curves.Training;
using Electra.Training;

namespace Electra.Tests.Benchmarks;

public class CurveComparisonTests
{
    [Fact]
    public void Smoothing_averages_whole_windows_only()
    {
        Assert.Equal([2, 4, 5, 5, 6], Smoothing.MovingMean([1, 2, 3, 7, 5, 3, 10], 3));
        Assert.Equal([1, 2, 6], Smoothing.MovingMean([1, 2, 6], 1));
        Assert.Equal([3], Smoothing.MovingMean([1, 2, 6], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Smoothing.MovingMean([1, 2, 6], 4));
    }

    [Fact]
    public void A_straight_line_smoothed_is_the_line_at_the_smoothed_steps()
    {
        double[] steps = [5, 10, 15, 20, 25, 30];
        double[] line = [.. steps.Select(step => (2 * step) + 1)];
        Assert.Equal(Smoothing.MovingMean(steps, 4).Select(step => (2 * step) + 1), Smoothing.MovingMean(line, 4));
    }

    [Fact]
    public void Every_pair_of_curves_gives_one_difference()
    {
        double[][] pairs = [.. Spread.Pairs([[1, 2], [4, 0], [2, 2]])];
        Assert.Equal([[-3, 2], [-1, 0], [2, -2]], pairs);
    }

    [Fact]
    public void Band_and_root_mean_square_go_point_by_point()
    {
        (double[] low, double[] high) = Spread.Band([[1, 5], [3, 4], [2, 9]]);
        Assert.Equal([1, 4], low);
        Assert.Equal([3, 9], high);
        Assert.Equal([5, 0], Spread.RootMeanSquare([[-1, 0], [7, 0]]));
    }

    [Fact]
    public void The_second_half_of_an_odd_number_has_the_middle() => Assert.Equal([2, 3], Spread.SecondHalf([1, 2, 3]).ToArray());

    [Fact]
    public void Curves_of_different_lengths_are_refused() => Assert.Throws<ArgumentException>(() => Spread.Difference([1, 2], [1]));

    [Fact]
    public void Only_the_second_half_counts_and_the_sign_is_kept()
    {
        DifferenceSummary summary = DifferenceSummary.Of([100, 100, 3, 6], [[0, 0, 4, 4], [9, 9, 4, 5], [9, 9, 7, 4]]);
        Assert.Equal(1.5, summary.PrecisionMeanAbsolute);
        Assert.Equal(0.5, summary.PrecisionMean);
        Assert.Equal((0.5, 2.0), (summary.SeedsSmallest, summary.SeedsLargest)); // pairs: 0.5, 1.5, 2
        Assert.Equal(4.0 / 3, summary.SeedsMeanAbsolute, 12);
        Assert.False(summary.IsWithinNoise);
    }

    [Theory]
    [InlineData(0.5, 0, true)]
    [InlineData(1.5, 0, false)]
    [InlineData(0.5, 1.5, false)]
    public void The_verdict_needs_training_and_held_out_text(double training, double heldOut, bool agrees)
    {
        TrainedRun[] runs =
        [
            Run(TrainingPrecision.BFloat16, 1, training, heldOut),
            Run(TrainingPrecision.Float32, 1, 0, 0),
            Run(TrainingPrecision.Float32, 2, 1, 1),
            Run(TrainingPrecision.Float32, 3, 2, 0.5),
        ];
        CurvesVerdict verdict = CurvesVerdict.On(runs);
        Assert.Equal(agrees, verdict.Agrees);
        Assert.Equal(4.0 / 3, verdict.Detection.Training.SeedsMeanAbsolute, 12);
        Assert.Equal(2.0 / 3, verdict.MaskedLM.HeldOut.SeedsMeanAbsolute, 12);
    }

    private static TrainedRun Run(TrainingPrecision precision, int seed, double training, double heldOut)
    {
        double[] steps = [.. Enumerable.Range(1, 100).Select(step => (double)step)];
        var curve = new LossCurve(steps, [.. steps.Select(_ => training)], [50, 100], [heldOut, heldOut]);
        return new TrainedRun(new RunSetting("", precision, seed), curve, curve, 0.5, 7, 0.5, 0);
    }
}
