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
}
