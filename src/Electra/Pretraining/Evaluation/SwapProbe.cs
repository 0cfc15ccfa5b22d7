using Electra.Data;
using Electra.Training;

namespace Electra.Pretraining;

/// <summary>
/// Held-out sentences with exactly one word swapped for a random word of the training text. Which word and for what depends on the seed
/// and the sentence only, never on a model, so that results compare between runs and nobody picks the pretty ones.
/// </summary>
public sealed class SwapProbe
{
    /// <summary>Sentences with fewer words say too little to judge by.</summary>
    public const int MinimumWords = 6;

    private SwapProbe(IReadOnlyList<SwapProbeItem> items) => Items = items;

    /// <summary>The altered sentences, in the order of the text.</summary>
    public IReadOnlyList<SwapProbeItem> Items { get; }

    /// <summary>
    /// Takes sentences spread evenly over the held-out text and swaps one alphabetic word of each for a single-token word drawn from
    /// <paramref name="wholeWords"/>.
    /// </summary>
    /// <param name="sentences">Held-out sentences as token ids, without [CLS] and [SEP].</param>
    /// <param name="words">The vocabulary's view of words.</param>
    /// <param name="wholeWords">Training counts of whole words (<see cref="VocabularyWords.CountWholeWords"/>).</param>
    /// <param name="count">Most sentences to take; fewer when the text has fewer that fit.</param>
    /// <param name="maximumTokens">Longer sentences are left out (the model's length less [CLS] and [SEP]).</param>
    /// <param name="seed">Chooses words and their substitutes.</param>
    public static SwapProbe Create(
        IEnumerable<int[]> sentences, VocabularyWords words, UnigramModel wholeWords, int count, int maximumTokens, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(wholeWords);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (Enumerable.Range(0, wholeWords.VocabSize).Count(id => wholeWords.Count(id) > 0) < 2)
        {
            throw new ArgumentException("Swapping needs at least two different whole words; count more training text.", nameof(wholeWords));
        }

        List<int[]> fitting = [.. sentences.Where(sentence => sentence.Length <= maximumTokens
            && !sentence.Any(words.SpecialIds.Contains)
            && words.Split(sentence) is var split && Swappable(sentence, split, words).Count >= MinimumWords)];
        var random = new Random(seed);
        int taken = Math.Min(count, fitting.Count);
        var items = new List<SwapProbeItem>(taken);
        for (int i = 0; i < taken; i++) items.Add(Swap(fitting[(int)((long)i * fitting.Count / taken)], words, wholeWords, random));
        return new SwapProbe(items);
    }

    /// <summary>Ranks the swapped word of each sentence by a scorer.</summary>
    public SwapProbeResult Run(TokenScorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        IReadOnlyList<float[]> scores = scorer([.. Items.Select(item => item.Ids)]);
        double[] ranks = [.. Items.Select((item, i) => RankStatistics.RankFromTop(item.WordScores(scores[i]), item.SwappedWord))];
        return new SwapProbeResult(
            Items.Count, Mean(ranks.Select(rank => rank <= 1 ? 1.0 : 0)), Mean(ranks.Select(rank => rank <= 3 ? 1.0 : 0)),
            Mean(Items.Select(item => 1.0 / item.SwappableWords)), Mean(Items.Select(item => Math.Min(1, 3.0 / item.SwappableWords))));
    }

    private static SwapProbeItem Swap(int[] sentence, VocabularyWords words, UnigramModel wholeWords, Random random)
    {
        IReadOnlyList<Range> split = words.Split(sentence);
        List<int> swappable = Swappable(sentence, split, words);
        int chosen = swappable[random.Next(swappable.Count)];
        int[] original = sentence[split[chosen]];
        int substitute;
        do substitute = wholeWords.Draw(random);
        while (original.Length == 1 && original[0] == substitute);

        int[] changed = [.. sentence[..split[chosen].Start], substitute, .. sentence[split[chosen].End..]];
        return new SwapProbeItem(changed, words.Split(changed), chosen, original, swappable.Count);
    }

    private static List<int> Swappable(int[] sentence, IReadOnlyList<Range> split, VocabularyWords words) =>
        [.. Enumerable.Range(0, split.Count).Where(word => words.IsAlphabetic(sentence.AsSpan(split[word])))];

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(0).Average();
}
