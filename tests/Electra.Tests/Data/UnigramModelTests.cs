using Electra.Pretraining.Evaluation;

namespace Electra.Tests.Pretraining.Evaluation;

public class UnigramModelTests
{
    [Fact]
    public void Cross_entropy_is_that_of_add_one_smoothed_counts_without_special_tokens()
    {
        var unigrams = new UnigramModel(4, [0]);
        unigrams.Add([0, 1, 1, 2, 0]);
        // (counts + 1) / (3 + 4): 1 -> 3/7, 3 -> 1/7
        Assert.Equal(-(Math.Log(3.0 / 7) + Math.Log(1.0 / 7)) / 2, unigrams.CrossEntropy([0, 1, 3, 0]), 12);
        Assert.Equal(3, unigrams.Total);
        Assert.Equal(0, unigrams.CrossEntropy([0]));
    }

    [Fact]
    public void Draws_follow_the_counts_and_never_give_an_uncounted_id()
    {
        var unigrams = new UnigramModel(7, [0]);
        unigrams.Add([0, 2, 2, 2, 5]);
        var random = new Random(1);
        var drawn = new int[7];
        for (int i = 0; i < 10_000; i++) drawn[unigrams.Draw(random)]++;
        Assert.Equal(10_000, drawn[2] + drawn[5]);
        Assert.InRange(drawn[2], 7_300, 7_700);
    }

    [Fact]
    public void Counting_more_after_a_draw_is_taken_into_account()
    {
        var unigrams = new UnigramModel(3, []);
        unigrams.Add([0]);
        var random = new Random(0);
        Assert.Equal(0, unigrams.Draw(random));
        unigrams.Add([.. Enumerable.Repeat(2, 100_000)]);
        Assert.Equal(2, unigrams.Draw(random));
    }

    [Fact]
    public void Drawing_from_nothing_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new UnigramModel(3, []).Draw(new Random(0)));
}
