using Electra.Data;
using Electra.Training;

namespace Electra.Pretraining;

/// <summary>
/// Replaces a fixed share of held-out tokens by random ones, with no generator involved, and asks the discriminator which. Every model is
/// given the same text, so figures compare between runs.
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

    /// <summary>The texts with their replacements.</summary>
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
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
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
}
