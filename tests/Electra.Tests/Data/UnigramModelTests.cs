using Electra.Data;
using Electra.Tests.Pretraining.Evaluation;
using Electra.Tests.Support;

namespace Electra.Tests.Data;

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
    public void A_corpus_is_counted_whole_or_at_even_distances()
    {
        using var folder = new TemporaryFolder();
        using PretrainingDataset data = EvaluationShards.Write(folder.FullPath, vocabSize: 60, documents: 40);
        TokenCorpus corpus = data.Training.Corpus;
        UnigramModel all = UnigramModel.Of(corpus, 60, [7]), some = UnigramModel.Of(corpus, 60, [7], corpus.TokenCount / 3);
        int[] tokens = [.. CorpusLines.Read(corpus).SelectMany(line => line)];
        Assert.All(Enumerable.Range(0, 60), id => Assert.Equal(id == 7 ? 0 : tokens.Count(token => token == id), all.Count(id)));
        Assert.Equal(all.Count(all.MostFrequent), Enumerable.Range(0, 60).Max(all.Count));
        // every third document or fourth: as many of the last ten as of the first
        Assert.InRange(some.Total, corpus.TokenCount / 6, corpus.TokenCount / 2);
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
