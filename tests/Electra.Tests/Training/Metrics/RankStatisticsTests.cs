using CsCheck;
using Electra.Training;

namespace Electra.Tests.Training.Metrics;

public class RankStatisticsTests
{
    [Fact]
    public void Perfect_order_gives_one_and_reversed_order_zero()
    {
        Assert.Equal(1, RankStatistics.AreaUnderRocCurve([0.1f, 0.2f, 0.8f, 0.9f], [false, false, true, true]));
        Assert.Equal(0, RankStatistics.AreaUnderRocCurve([0.1f, 0.2f, 0.8f, 0.9f], [true, true, false, false]));
    }

    [Fact]
    public void A_constant_score_gives_one_half() =>
        Assert.Equal(0.5, RankStatistics.AreaUnderRocCurve([3, 3, 3, 3, 3], [true, false, false, true, false]));

    [Fact]
    public void One_class_alone_gives_one_half() => Assert.Equal(0.5, RankStatistics.AreaUnderRocCurve([1, 2], [true, true]));

    [Fact]
    public void Area_agrees_with_counting_all_pairs()
    {
        // few distinct scores, so that ties are common
        Gen.Select(Gen.Int[0, 6], Gen.Bool).Array[2, 60].Sample(items =>
        {
            float[] scores = items.Select(item => (float)item.Item1).ToArray();
            bool[] labels = items.Select(item => item.Item2).ToArray();
            double wins = 0;
            long pairs = 0;
            foreach (var positive in items.Where(item => item.Item2))
            {
                foreach (var negative in items.Where(item => !item.Item2))
                {
                    pairs++;
                    wins += positive.Item1 > negative.Item1 ? 1 : positive.Item1 == negative.Item1 ? 0.5 : 0;
                }
            }

            Assert.Equal(pairs == 0 ? 0.5 : wins / pairs, RankStatistics.AreaUnderRocCurve(scores, labels), 9);
        });
    }

    [Fact]
    public void Nan_scores_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RankStatistics.AreaUnderRocCurve([1, float.NaN, 2], [true, false, true]));
        Assert.Throws<ArgumentException>(() => RankStatistics.AreaUnderRocCurve([1, 2], [true]));
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(0, 2.5)]
    [InlineData(3, 4.0)]
    public void Rank_counts_from_the_top_with_half_ranks_for_ties(int index, double expected) =>
        Assert.Equal(expected, RankStatistics.RankFromTop([5, 9, 5, 1], index));
}
