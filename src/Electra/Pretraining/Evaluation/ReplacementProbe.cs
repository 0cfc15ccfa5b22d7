using Electra.Data;
using Electra.Training;

namespace Electra.Pretraining;

/// <summary>
/// Alters a fixed share of held-out tokens, with no generator involved, and asks the discriminator which: puts random ones in their place, or
/// lets neighbours exchange places. Every model is given the same text, so figures compare between runs.
/// </summary>
public sealed class ReplacementProbe
{
    private readonly IReadOnlyList<int[]> sequences;
    private readonly IReadOnlyList<bool[]> isReplaced;

    private ReplacementProbe(IReadOnlyList<int[]> sequences, IReadOnlyList<bool[]> isReplaced)
    {
        this.sequences = sequences;
        this.isReplaced = isReplaced;
    }

    /// <summary>The altered texts.</summary>
    public IReadOnlyList<int[]> Sequences => sequences;

    /// <summary>Which tokens differ from the original.</summary>
    public IReadOnlyList<bool[]> IsReplaced => isReplaced;

    /// <summary>Replacements drawn evenly from all ids that occurred in training.</summary>
    public static ReplacementProbe Uniform(IReadOnlyList<int[]> heldOut, UnigramModel unigrams, double share = 0.1, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(unigrams);
        int[] ids = [.. Enumerable.Range(0, unigrams.VocabSize).Where(id => unigrams.Count(id) > 0)];
        if (ids.Length == 0) throw new ArgumentException("Count some training text first.", nameof(unigrams));
        return Create(heldOut, unigrams, share, seed, random => ids[random.Next(ids.Length)]);
    }

    /// <summary>Replacements drawn as often as they occur in training text: harder, since rare tokens tell less.</summary>
    public static ReplacementProbe Unigram(IReadOnlyList<int[]> heldOut, UnigramModel unigrams, double share = 0.1, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(unigrams);
        return Create(heldOut, unigrams, share, seed, unigrams.Draw);
    }

    /// <summary>
    /// Neighbours that exchange places: the words stay those of the text, so that only their order tells, and their frequency says nothing.
    /// Pairs never overlap; an excluded token stays where it is, and so do two neighbours that are the same.
    /// </summary>
    /// <param name="heldOut">The texts.</param>
    /// <param name="unigrams">Says which tokens are excluded.</param>
    /// <param name="share">Share of the tokens that are moved, two to a pair, from 0 to 1; fewer where neighbours may not be exchanged.</param>
    /// <param name="seed">Chooses the pairs.</param>
    public static ReplacementProbe SwappedNeighbours(IReadOnlyList<int[]> heldOut, UnigramModel unigrams, double share = 0.1, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(unigrams);
        RequireShare(heldOut, share);
        // where no pair lies, each token begins one with this chance: of 1 + chance tokens, 2 x chance are moved
        double chance = share / (2 - share);
        var random = new Random(seed);
        List<int[]> sequences = [.. heldOut.Select(original => (int[])[.. original])];
        List<bool[]> labels = [.. heldOut.Select(original => new bool[original.Length])];
        foreach ((int[] changed, bool[] moved) in sequences.Zip(labels))
        {
            for (int i = 0; i + 1 < changed.Length; i++)
            {
                if (random.NextDouble() >= chance || changed[i] == changed[i + 1]) continue;
                if (unigrams.IsExcluded(changed[i]) || unigrams.IsExcluded(changed[i + 1])) continue;
                (changed[i], changed[i + 1]) = (changed[i + 1], changed[i]);
                moved[i] = moved[++i] = true;
            }
        }

        return new ReplacementProbe(sequences, labels);
    }

    /// <summary>Asks a scorer and compares with the truth.</summary>
    public BinaryClassificationMetrics Run(TokenScorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        IReadOnlyList<float[]> scores = scorer(sequences);
        var collected = new BinaryClassificationScores();
        for (int s = 0; s < sequences.Count; s++)
        {
            for (int i = 0; i < sequences[s].Length; i++) collected.Add(scores[s][i], isReplaced[s][i]);
        }

        return collected.Compute();
    }

    private static ReplacementProbe Create(
        IReadOnlyList<int[]> heldOut, UnigramModel unigrams, double share, int seed, Func<Random, int> draw)
    {
        RequireShare(heldOut, share);
        // System.Random with a seed keeps its sequence across .NET versions
        var random = new Random(seed);
        var sequences = new List<int[]>(heldOut.Count);
        var labels = new List<bool[]>(heldOut.Count);
        foreach (int[] original in heldOut)
        {
            int[] changed = [.. original];
            var replaced = new bool[original.Length];
            for (int i = 0; i < original.Length; i++)
            {
                if (random.NextDouble() >= share || unigrams.IsExcluded(original[i])) continue;
                changed[i] = draw(random);
                replaced[i] = changed[i] != original[i];
            }

            sequences.Add(changed);
            labels.Add(replaced);
        }

        return new ReplacementProbe(sequences, labels);
    }

    private static void RequireShare(IReadOnlyList<int[]> heldOut, double share)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
    }
}
