using Electra.Tokenization;

namespace Electra.Pretraining;

/// <summary>
/// Sentences that differ in one point of grammar, of which a model is asked which is the right one: BLiMP (Warstadt et al. 2020,
/// arXiv 1912.00582), or files of its form. Nothing is trained for it, so it tells what pre-training alone taught.
/// </summary>
public sealed class MinimalPairs
{
    /// <summary>Takes pairs.</summary>
    /// <param name="paradigms">Each with at least one pair.</param>
    /// <exception cref="ArgumentException">There is no paradigm, or one without pairs.</exception>
    public MinimalPairs(IReadOnlyList<MinimalPairParadigm> paradigms)
    {
        ArgumentNullException.ThrowIfNull(paradigms);
        if (paradigms.Count == 0) throw new ArgumentException("There is no paradigm.", nameof(paradigms));
        if (paradigms.FirstOrDefault(paradigm => paradigm.Pairs.Count == 0) is { } empty)
            throw new ArgumentException($"The paradigm '{empty.Name}' has no pairs.", nameof(paradigms));
        Paradigms = paradigms;
    }

    /// <summary>The pairs by paradigm.</summary>
    public IReadOnlyList<MinimalPairParadigm> Paradigms { get; }

    /// <summary>
    /// Reads JSON Lines with the fields <c>sentence_good</c>, <c>sentence_bad</c>, and where they are there <c>UID</c> (the paradigm; else the
    /// file's name) and <c>linguistics_term</c> (the phenomenon). Paradigms are ordered by name.
    /// </summary>
    /// <param name="path">A <c>.jsonl</c> file, a folder that has such files in it or below it, or a <c>.zip</c> of them, as BLiMP is published.</param>
    /// <param name="pairsPerParadigm">Takes the first of each paradigm only; positive.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">There are no pairs in it, or a line can't be read; names file and line.</exception>
    public static MinimalPairs Read(string path, int pairsPerParadigm = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pairsPerParadigm);
        MinimalPairParadigm[] paradigms =
        [
            .. MinimalPairFiles.Read(path).GroupBy(line => line.Paradigm, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new MinimalPairParadigm(
                    group.Key, group.First().Phenomenon, [.. group.Take(pairsPerParadigm).Select(line => line.Pair)])),
        ];
        return paradigms.Length > 0 ? new MinimalPairs(paradigms) : throw new InvalidDataException($"{path}: there are no minimal pairs in it.");
    }

    /// <summary>Scores both sentences of every pair. A tie counts as wrong, and so does a pair that is the same to the tokenizer.</summary>
    /// <param name="tokenizer">Makes the sentences token ids.</param>
    /// <param name="scorer">The model.</param>
    /// <param name="cancellationToken">Stops between two paradigms.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public MinimalPairsResult Run(ElectraTokenizer tokenizer, SentenceScorer scorer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(scorer);
        var results = new List<MinimalPairScore>(Paradigms.Count);
        foreach (MinimalPairParadigm paradigm in Paradigms)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[][] sentences = [.. paradigm.Pairs.SelectMany(pair => new[] { Encode(pair.Good), Encode(pair.Bad) })];
            IReadOnlyList<double> scores = scorer(sentences);
            // the same ids in two batches may differ in rounding
            int right = Enumerable.Range(0, paradigm.Pairs.Count)
                .Count(i => scores[2 * i] > scores[(2 * i) + 1] && !sentences[2 * i].AsSpan().SequenceEqual(sentences[(2 * i) + 1]));
            results.Add(new MinimalPairScore(paradigm.Name, paradigm.Phenomenon, paradigm.Pairs.Count, right));
        }

        return new MinimalPairsResult(results);

        int[] Encode(string sentence) => [.. tokenizer.EncodeToIds(sentence)];
    }
}
