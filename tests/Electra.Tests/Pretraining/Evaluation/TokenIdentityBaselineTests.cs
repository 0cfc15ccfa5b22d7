using Electra.Pretraining;

namespace Electra.Tests.Pretraining.Evaluation;

public class TokenIdentityBaselineTests
{
    [Fact]
    public void Scores_are_replaced_rates_smoothed_toward_the_overall_rate()
    {
        var baseline = new TokenIdentityBaseline(5, smoothing: 2);
        baseline.Learn([1, 1, 2, 2], [true, true, false, false]);
        Assert.Equal((2 + 2 * 0.5) / (2 + 2), baseline.Score(1), 12);
        Assert.Equal((0 + 2 * 0.5) / (2 + 2), baseline.Score(2), 12);
        Assert.Equal(0.5, baseline.Score(4), 12);
    }

    [Fact]
    public void Ids_that_give_replacements_away_are_seen_through()
    {
        var baseline = new TokenIdentityBaseline(3);
        baseline.Learn([1, 1, 1, 2, 2, 2], [true, true, true, false, false, false]);
        baseline.Judge([1, 2, 1], [true, false, true]);
        Assert.Equal(1, baseline.Compute());
    }

    [Fact]
    public void Ids_that_say_nothing_give_one_half()
    {
        var baseline = new TokenIdentityBaseline(3);
        baseline.Learn([1, 1, 2, 2], [true, false, true, false]);
        baseline.Judge([1, 2, 1, 2], [true, false, false, true]);
        Assert.Equal(0.5, baseline.Compute());
    }
}
