using Electra.Data;
using Electra.Pretraining;

namespace Electra.Tests.Pretraining.Evaluation;

public class ReplacementProbeTests
{
    private static readonly int[][] HeldOut =
        [.. Enumerable.Range(0, 200).Select(s => Enumerable.Range(0, 50).Select(i => i == 0 ? 0 : 1 + (s + i) % 9).ToArray())];

    private static UnigramModel Counted()
    {
        var unigrams = new UnigramModel(20, [0]);
        foreach (int[] sequence in HeldOut) unigrams.Add(sequence);
        return unigrams;
    }

    [Fact]
    public void About_a_tenth_is_replaced_and_labels_tell_exactly_which()
    {
        ReplacementProbe[] probes = [ReplacementProbe.Uniform(HeldOut, Counted()), ReplacementProbe.Unigram(HeldOut, Counted())];
        foreach (ReplacementProbe probe in probes)
        {
            int replaced = 0;
            for (int s = 0; s < HeldOut.Length; s++)
            {
                for (int i = 0; i < HeldOut[s].Length; i++)
                {
                    Assert.Equal(probe.Sequences[s][i] != HeldOut[s][i], probe.IsReplaced[s][i]);
                    if (probe.IsReplaced[s][i]) replaced++;
                }

                Assert.Equal(0, probe.Sequences[s][0]);
                Assert.All(probe.Sequences[s], id => Assert.InRange(id, 0, 9));
            }

            // one draw in nine gives the original back
            Assert.InRange(replaced, 10_000 * 0.98 * 0.1 * 8 / 9 * 0.9, 10_000 * 0.98 * 0.1 * 8 / 9 * 1.1);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_text()
    {
        static IReadOnlyList<int[]> Sequences(int seed) => ReplacementProbe.Uniform(HeldOut, Counted(), seed: seed).Sequences;
        Assert.Equal(Sequences(3), Sequences(3));
        Assert.NotEqual(Sequences(3), Sequences(4));
    }

    [Fact]
    public void A_scorer_that_knows_is_perfect_and_one_that_does_not_is_at_chance()
    {
        ReplacementProbe probe = ReplacementProbe.Unigram(HeldOut, Counted());
        Assert.Equal(1, probe.Run(_ => [.. probe.IsReplaced.Select(row => row.Select(b => b ? 1f : -1f).ToArray())]).AreaUnderCurve);
        Assert.Equal(0.5, probe.Run(sequences => [.. sequences.Select(row => new float[row.Length])]).AreaUnderCurve);
    }

    [Fact]
    public void Neighbours_exchange_places_and_labels_tell_exactly_which()
    {
        ReplacementProbe probe = ReplacementProbe.SwappedNeighbours(HeldOut, Counted());
        int moved = 0;
        for (int s = 0; s < HeldOut.Length; s++)
        {
            Assert.Equal(HeldOut[s].Order(), probe.Sequences[s].Order());
            Assert.Equal(0, probe.Sequences[s][0]);
            for (int i = 0; i < HeldOut[s].Length; i++)
            {
                Assert.Equal(probe.Sequences[s][i] != HeldOut[s][i], probe.IsReplaced[s][i]);
                if (!probe.IsReplaced[s][i]) continue;
                moved += 2;
                Assert.Equal((HeldOut[s][i + 1], HeldOut[s][i]), (probe.Sequences[s][i], probe.Sequences[s][i + 1]));
                Assert.True(probe.IsReplaced[s][++i]);
            }
        }

        Assert.InRange(moved, 10_000 * 0.98 * 0.1 * 0.9, 10_000 * 0.98 * 0.1 * 1.1);
        ReplacementProbe other = ReplacementProbe.SwappedNeighbours(HeldOut, Counted(), seed: 1);
        Assert.NotEqual(probe.Sequences, other.Sequences);
        Assert.Equal(probe.Sequences, ReplacementProbe.SwappedNeighbours(HeldOut, Counted()).Sequences);
    }

    [Fact]
    public void Excluded_tokens_and_neighbours_that_are_the_same_stay()
    {
        int[][] stays = [[1, 0, 2, 0, 3], [4, 4, 4, 4], [5], []];
        ReplacementProbe probe = ReplacementProbe.SwappedNeighbours([.. stays, [1, 2, 3, 4, 5]], Counted(), share: 1);
        Assert.Equal(stays, probe.Sequences.Take(4));
        Assert.All(probe.IsReplaced.Take(4), row => Assert.DoesNotContain(true, row));
        Assert.Equal([2, 1, 4, 3, 5], probe.Sequences[4]);
        Assert.Equal([true, true, true, true, false], probe.IsReplaced[4]);
    }

    [Fact]
    public void Word_frequency_says_nothing_of_exchanged_neighbours()
    {
        var random = new Random(1);
        int[][] text = [.. Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, 50).Select(_ => 1 + (int)(18 * Math.Pow(random.NextDouble(), 3))).ToArray())];
        var unigrams = new UnigramModel(20, [0]);
        foreach (int[] sequence in text) unigrams.Add(sequence);
        TokenScorer rarity = new WordFrequencyScorer(unigrams).Score;
        ReplacementProbe exchanged = ReplacementProbe.SwappedNeighbours(text, unigrams);
        Assert.Equal(1, exchanged.Run(_ => [.. exchanged.IsReplaced.Select(row => row.Select(b => b ? 1f : -1f).ToArray())]).AreaUnderCurve);
        // neighbours that are the same stay, and those are frequent words: a little more than chance
        Assert.InRange(exchanged.Run(rarity).AreaUnderCurve, 0.45, 0.58);
        Assert.True(ReplacementProbe.Uniform(text, unigrams).Run(rarity).AreaUnderCurve > 0.7);
    }
}
