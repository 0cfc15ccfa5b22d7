using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Queries whose passages are to be ranked, those first that answer them. Scored by mean average precision; BM25's scores over the same passages stand
/// beside. A query is never cut: one that leaves no room for a passage is an error. The model is for <see cref="CrossEncoder"/>.
/// </summary>
public sealed class RankingTask : FineTuningTask
{
    /// <summary>What the head's one label is called.</summary>
    public const string Relevant = "relevant";

    private readonly ExampleSet<RankingExample> _training;
    private readonly IReadOnlyList<(string Name, ExampleSet<RankingExample> Set)> _evaluation;

    /// <summary>A task of examples that were read already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="training">Queries to learn from.</param>
    /// <param name="evaluation">Sets to be judged by, one at least, each with its name; the first one counts when runs are compared.</param>
    /// <exception cref="ArgumentException">
    /// There are no queries, or a query is blank, has no passage, or another number of labels than of passages; or a set has no relevant passage, or no other.
    /// </exception>
    public RankingTask(string name, ExampleSet<RankingExample> training, IReadOnlyList<(string Name, ExampleSet<RankingExample> Set)> evaluation)
        : base(name)
    {
        if (evaluation.Count == 0) throw new ArgumentException("There is no set of queries to be judged by.", nameof(evaluation));
        (_training, _evaluation) = (training, evaluation);
        foreach (ExampleSet<RankingExample> set in evaluation.Select(item => item.Set).Prepend(training)) Check(set);
    }

    /// <summary>What it learns from.</summary>
    /// <value>Binary.</value>
    public RankingLoss Loss { get; init; } = RankingLoss.Binary;

    /// <summary>
    /// How many passages at most a relevant one is set beside, of the pairwise loss; positive. Where a query has more, the run's seed draws them.
    /// </summary>
    /// <value>8.</value>
    public int Negatives { get; init; } = 8;

    /// <summary>
    /// Training queries that nothing is learned from: of the pairwise loss those without a relevant passage, or with no other; of the binary one none.
    /// </summary>
    public int TrainingLeftOut => _training.Examples.Count - Used.Length;

    /// <summary>Queries of each set to be judged by that count for no score, since no passage of theirs is relevant.</summary>
    public IReadOnlyList<int> EvaluationLeftOut => [.. _evaluation.Select(item => item.Set.Examples.Count(example => !example.HasRelevant))];

    /// <summary>How many training passages are relevant, and how many are not.</summary>
    public (int Relevant, int Others) TrainingPassages
    {
        get
        {
            int relevant = _training.Examples.Sum(example => example.IsRelevant.Count(relevant => relevant));
            return (relevant, _training.Examples.Sum(example => example.Passages.Count) - relevant);
        }
    }

    /// <inheritdoc/>
    public override string MainMetric => "map";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => [Relevant];

    /// <summary>Pairs of a query and a passage; of the pairwise loss relevant passages.</summary>
    public override int TrainingExamples => Used.Sum(example => Loss == RankingLoss.Binary ? example.Passages.Count : example.IsRelevant.Count(relevant => relevant));

    internal override bool HasPairs => true;

    private RankingExample[] Used => [.. _training.Examples.Where(example => Loss == RankingLoss.Binary || example.HasBoth)];

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (!Enum.IsDefined(Loss)) yield return $"{nameof(RankingTask)}.{nameof(Loss)} has no value {Loss}";
        if (Negatives < 1) yield return $"{nameof(RankingTask)}.{nameof(Negatives)} must be at least 1, not {Negatives}";
        if (Used.Length == 0) yield return $"no query of {_training.Source} has both a relevant passage and another, as {RankingLoss.Pairwise} needs";
        if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for one class of several";
        if (options.RDropWeight is not null) yield return $"{nameof(options.RDropWeight)} is for one class of several";
        if (options.ClassWeights is null) yield break;
        if (Loss != RankingLoss.Binary) yield return $"{nameof(options.ClassWeights)} are for {RankingLoss.Binary}";
        if (options.ClassWeights.Keys.FirstOrDefault(label => label != Relevant) is string unknown)
            yield return $"{nameof(options.ClassWeights)} has '{unknown}'; a ranking has '{Relevant}' alone, and the other passages weigh 1";
    }

    // In Hugging Face's terms one label that a text has or not: its loss is the binary one, and its pipelines take the sigmoid.
    internal override ElectraConfig Configure(ElectraConfig encoder) =>
        encoder with { Id2Label = new Dictionary<int, string> { [0] = Relevant }, ProblemType = "multi_label_classification" };

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options) =>
        new RankingNetwork(ElectraForSequenceClassification.FromPretrained(folder, device, config, options.Seed), Loss);

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        var pairs = new QueryPassages(tokenizer, options.MaxLength!.Value);
        RankingExample[] used = Used;
        TokenSequence[] sequences = Sequences(pairs, _training.Source, used);
        var training = new List<EncodedExample>();
        int next = 0;
        foreach ((int i, RankingExample example) in used.Index())
        {
            TokenSequence[] own = sequences[next..(next += example.Passages.Count)];
            training.AddRange(Loss == RankingLoss.Binary ? Alone(example, own, options) : Beside(example, own, options.Seed, i));
        }

        return new EncodedTask(training, [.. _evaluation.Select(item => new RankingEvaluationSet(
            item.Name, Loss, item.Set.Examples, Sequences(pairs, item.Set.Source, item.Set.Examples)))]);
    }

    private static TokenSequence[] Sequences(QueryPassages pairs, string source, IReadOnlyList<RankingExample> examples)
    {
        try
        {
            return pairs.Of([.. examples.Select(example => (example.Query, example.Passages))]);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{source}: {error.Message}", error);
        }
    }

    private static IEnumerable<EncodedExample> Alone(RankingExample example, TokenSequence[] sequences, FineTuningOptions options)
    {
        double weight = options.ClassWeights?.GetValueOrDefault(Relevant, 1) ?? 1;
        return sequences.Select((sequence, i) => new EncodedExample([sequence], [], [example.IsRelevant[i] ? 1 : 0], example.IsRelevant[i] ? weight : 1));
    }

    // The relevant one first.
    private IEnumerable<EncodedExample> Beside(RankingExample example, TokenSequence[] sequences, long seed, int query)
    {
        int[] others = [.. Enumerable.Range(0, sequences.Length).Where(i => !example.IsRelevant[i])];
        int taken = Math.Min(Negatives, others.Length);
        foreach (int relevant in Enumerable.Range(0, sequences.Length).Where(i => example.IsRelevant[i]))
        {
            var order = new ExamplePermutation(others.Length, RandomSeeds.Derive(seed, RandomSeeds.Purpose.SampledPassages, query, relevant), 0);
            yield return new EncodedExample([sequences[relevant], .. Enumerable.Range(0, taken).Select(place => sequences[others[order[place]]])], [], []);
        }
    }

    private static void Check(ExampleSet<RankingExample> set)
    {
        if (set.Examples.Count == 0) throw new ArgumentException($"{set.Source}: there is no query.");
        foreach ((int index, RankingExample example) in set.Examples.Index())
        {
            string? problem = string.IsNullOrWhiteSpace(example.Query) ? "is blank"
                : example.Passages.Count == 0 ? "has no passage"
                : example.Passages.Count != example.IsRelevant.Count ? $"has {example.Passages.Count} passages, but {example.IsRelevant.Count} labels"
                : null;
            if (problem is not null) throw new ArgumentException($"{set.Source}: query {index + 1} {problem}.");
        }

        if (!set.Examples.Any(example => example.HasRelevant)) throw new ArgumentException($"{set.Source}: no passage is relevant.");
        if (!set.Examples.Any(example => example.IsRelevant.Contains(false))) throw new ArgumentException($"{set.Source}: every passage is relevant; there is nothing to rank.");
    }
}
