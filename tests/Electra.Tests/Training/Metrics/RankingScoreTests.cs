using Electra.Training;

namespace Electra.Tests.Training.Metrics;

/// <summary>Rankings against what every order of their candidates comes to, and against sums by hand.</summary>
public class RankingScoreTests
{
    [Theory]
    [InlineData("1 1 1 1", "0 1 0 0")]
    [InlineData("1 1 1 1 1", "0 1 0 1 1")]
    [InlineData("3 1 1 1 0", "0 1 0 1 1")]
    [InlineData("3 3 1 1 0 0", "1 0 1 0 0 1")]
    [InlineData("3 3 2 1 1 1", "0 0 0 1 0 1")]
    [InlineData("5 4 3 2 1", "0 1 0 1 0")]
    [InlineData("2 2", "1 1")]
    public void Averaged_ties_are_the_mean_over_all_orders(string scores, string labels)
    {
        double[] given = [.. scores.Split(' ').Select(double.Parse)];
        bool[] isRight = [.. labels.Split(' ').Select(label => label == "1")];
        int[][] orders = [.. Orders([.. Enumerable.Range(0, given.Length)]).Where(order => order.Zip(order.Skip(1)).All(pair => given[pair.First] >= given[pair.Second]))];
        foreach (int depth in new[] { 1, 3, 10 })
        {
            double Mean(Func<bool[], double> of) => orders.Average(order => of([.. order.Select(i => isRight[i])]));
            RankingScore score = RankingScore.Of([(given, isRight)], TieRule.Averaged, depth);
            Assert.Equal(Mean(AveragePrecision), score.MeanAveragePrecision, 12);
            Assert.Equal(Mean(ranked => 1.0 / (1 + Array.IndexOf(ranked, true))), score.MeanReciprocalRank, 12);
            Assert.Equal(Mean(ranked => ranked[0] ? 1 : 0), score.PrecisionAtOne, 12);
            Assert.Equal(Mean(ranked => Gain(ranked, depth) / Gain([.. ranked.OrderDescending()], depth)), score.NormalizedGain, 12);
        }

        double worst = orders.Min(order => AveragePrecision([.. order.Select(i => isRight[i])])), best = orders.Max(order => AveragePrecision([.. order.Select(i => isRight[i])]));
        Assert.Equal(worst, RankingScore.Of([(given, isRight)], TieRule.Pessimistic).MeanAveragePrecision, 12);
        Assert.Equal(best, RankingScore.Of([(given, isRight)], TieRule.Optimistic).MeanAveragePrecision, 12);
    }

    [Fact]
    public void A_random_order_finds_one_of_n_at_the_harmonic_number()
    {
        const int Candidates = 9;
        RankingScore score = RankingScore.Of([(new double[Candidates], [.. Enumerable.Range(0, Candidates).Select(i => i == 4)])]);
        double harmonic = Enumerable.Range(1, Candidates).Sum(rank => 1.0 / rank) / Candidates;
        Assert.Equal(harmonic, score.MeanAveragePrecision, 12);
        Assert.Equal(harmonic, score.MeanReciprocalRank, 12);
        Assert.Equal(1.0 / Candidates, score.PrecisionAtOne, 12);
    }

    [Fact]
    public void Questions_without_a_right_candidate_are_left_out_and_counted()
    {
        RankingScore score = RankingScore.Of([([1.0, 2, 3], [true, false, false]), ([1.0], [false]), ([2.0, 1], [true, false]), ([], [])]);
        Assert.Equal((2, 2), (score.Questions, score.LeftOut));
        Assert.Equal((1 + (1.0 / 3)) / 2, score.MeanAveragePrecision, 12);
        Assert.Equal((1 + 0.5) / 2, score.NormalizedGain, 12); // 1 / log2(3 + 1)
        Assert.True(double.IsNaN(RankingScore.Of([([1.0], [false])]).MeanAveragePrecision));
    }

    [Fact]
    public void What_cannot_be_ranked_is_refused()
    {
        Assert.Contains("2 scores need as many labels, not 1", Assert.Throws<ArgumentException>(() => RankingScore.Of([([1.0, 2], [true])])).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => RankingScore.Of([([double.NaN, 2], [true, false])])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingScore.Of([([1.0], [true])], depth: 0));
    }

    private static double AveragePrecision(bool[] ranked) => Enumerable.Range(0, ranked.Length).Where(rank => ranked[rank])
        .Average(rank => ranked.Take(rank + 1).Count(right => right) / (rank + 1.0));

    private static double Gain(bool[] ranked, int depth) => ranked.Take(depth).Select((right, rank) => right ? Math.Log(2) / Math.Log(rank + 2) : 0).Sum();

    private static IEnumerable<int[]> Orders(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Orders([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));
}
