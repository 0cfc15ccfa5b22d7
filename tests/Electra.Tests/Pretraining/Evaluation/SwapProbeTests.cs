using Electra.Data;
using Electra.Pretraining;

namespace Electra.Tests.Pretraining.Evaluation;

public class SwapProbeTests
{
    private static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "the", "cat", "sat", "on", "a", "mat", "##s", "##ting", ".", "42", "dog", "runs", "home", "un", "##do", "now"];

    private static readonly VocabularyWords Words = new(Vocabulary, [0, 1]);

    private static int[] Ids(string text) => [.. text.Split(' ').Select(token => Array.IndexOf(Vocabulary, token))];

    private static UnigramModel WholeWords()
    {
        var counts = new UnigramModel(Vocabulary.Length, [0, 1]);
        Words.CountWholeWords(Ids("the dog runs home now . un ##do the cat ##s 42"), counts);
        return counts;
    }

    private static SwapProbe Create(int count = 40) => SwapProbe.Create(
        Enumerable.Repeat((string[])["the cat ##s sat on 42 a mat .", "the cat sat .", "the cat [UNK] sat on a mat home ."], 40)
            .SelectMany(texts => texts).Select(Ids),
        Words, WholeWords(), count, maximumTokens: 20, seed: 5);

    [Fact]
    public void Whole_words_are_single_alphabetic_tokens_that_nothing_continues()
    {
        UnigramModel counts = WholeWords();
        string[] counted = [.. Enumerable.Range(0, Vocabulary.Length).Where(id => counts.Count(id) > 0).Select(id => Vocabulary[id])];
        Assert.Equal(["dog", "home", "now", "runs", "the"], counted.Order());
        Assert.Equal(2, counts.Count(Array.IndexOf(Vocabulary, "the")));
    }

    [Fact]
    public void One_alphabetic_word_is_swapped_and_everything_else_stays()
    {
        SwapProbe probe = Create();
        Assert.Equal(40, probe.Items.Count);
        Assert.All(probe.Items, item =>
        {
            Range word = item.Words[item.SwappedWord];
            int[] restored = [.. item.Ids[..word.Start], .. item.Original, .. item.Ids[word.End..]];
            Assert.Equal(Ids("the cat ##s sat on 42 a mat ."), restored);
            int[] substitute = item.Ids[item.Words[item.SwappedWord]];
            Assert.Single(substitute);
            Assert.NotEqual(item.Original, substitute);
            Assert.True(WholeWords().Count(substitute[0]) > 0);
            Assert.Equal(6, item.SwappableWords);
            Assert.Equal(8, item.Words.Count);
        });
        Assert.True(probe.Items.Select(item => item.SwappedWord).Distinct().Count() >= 5, "the swapped word should vary");
        Assert.Equal(Create().Items.Select(item => item.Ids), probe.Items.Select(item => item.Ids));
    }

    [Fact]
    public void A_words_score_is_that_of_its_most_suspicious_piece_and_ranks_give_the_shares()
    {
        SwapProbe probe = Create();
        SwapProbeResult all = probe.Run(sentences => [.. sentences.Select((ids, s) => Scores(probe.Items[s], 5))]);
        Assert.Equal((1.0, 1.0), (all.Top1, all.Top3));
        Assert.Equal(1 / 6.0, all.ChanceTop1, 12);
        Assert.Equal(0.5, all.ChanceTop3, 12);

        // the last two words always score higher: never first, always third (unless one of them is the swapped word)
        SwapProbeResult third = probe.Run(sentences => [.. sentences.Select((ids, s) => Scores(probe.Items[s], 5, 9, 9))]);
        Assert.True(third.Top1 < 0.5);
        Assert.Equal(1, third.Top3);
        Assert.Equal(0, probe.Run(sentences => [.. sentences.Select(ids => new float[ids.Length])]).Top1);
    }

    [Fact]
    public void Sentences_are_cut_after_their_final_mark() =>
        Assert.Equal(["the cat .", "a dog ."], new SentenceSplitter(Vocabulary).Split(Ids("the cat . a dog . now home"))
            .Select(sentence => string.Join(' ', sentence.Select(id => Vocabulary[id]))));

    [Fact]
    public void Words_join_their_pieces()
    {
        int[] ids = Ids("un ##do cat ##s .");
        Assert.Equal(["undo", "cats", "."], Words.Split(ids).Select(word => Words.Join(ids.AsSpan(word))));
    }

    private static float[] Scores(SwapProbeItem item, float swapped, params float[] last)
    {
        var scores = new float[item.Ids.Length];
        for (int i = 0; i < last.Length; i++) scores[scores.Length - 1 - i] = last[i];
        Range word = item.Words[item.SwappedWord];
        scores[word.End.Value - 1] = Math.Max(swapped, scores[word.End.Value - 1]);
        return scores;
    }
}
