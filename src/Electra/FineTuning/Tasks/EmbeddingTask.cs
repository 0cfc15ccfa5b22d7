using System.Globalization;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Texts whose vectors shall be alike where the texts are: from pairs with scores, from pairs that belong together, or from texts alone. There is no head;
/// what comes out is loaded with <see cref="TextEmbedder"/>. Scored pairs are judged by correlation with their cosines, others by how often the second text
/// of a pair is, of all of its set, the nearest to the first one.
/// </summary>
public sealed class EmbeddingTask : FineTuningTask
{
    private readonly ExampleSet<TextExample> _training;
    private readonly IReadOnlyList<(string Name, ExampleSet<TextExample> Set)> _evaluation;

    /// <summary>A task of examples that were read already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="loss">What is learned.</param>
    /// <param name="training">Pairs with numbers, pairs, or texts, as the loss needs them; what else examples have is left alone.</param>
    /// <param name="evaluation">
    /// Sets of pairs to be judged by, one at least, each with its name; the first one counts when runs are compared. All pairs of a set have a number, or none has.
    /// </param>
    /// <exception cref="ArgumentException">There are no examples, or one lacks what is needed.</exception>
    public EmbeddingTask(
        string name, EmbeddingLoss loss, ExampleSet<TextExample> training, IReadOnlyList<(string Name, ExampleSet<TextExample> Set)> evaluation)
        : base(name)
    {
        if (!Enum.IsDefined(loss)) throw new ArgumentOutOfRangeException(nameof(loss), loss, "There is no such loss.");
        if (evaluation.Count == 0) throw new ArgumentException("There is no set of examples to be judged by.", nameof(evaluation));
        (Loss, _training, _evaluation) = (loss, training, evaluation);
        bool isScored = loss is EmbeddingLoss.Cosine or EmbeddingLoss.CoSent;
        Check(training, needsPair: loss != EmbeddingLoss.SimCse, needsScore: isScored);
        foreach ((_, ExampleSet<TextExample> set) in evaluation) Check(set, needsPair: true, needsScore: IsScored(set));
        double[] scores = isScored ? Scores(training) : [.. evaluation.SelectMany(set => Scores(set.Set))];
        if (scores.Length == 0) return;
        (LowestScore, HighestScore) = (scores.Min(), scores.Max());
        if (isScored && LowestScore == HighestScore) throw new ArgumentException($"{training.Source}: every pair has the score {LowestScore}; there is nothing to tell apart.");
    }

    /// <summary>What is learned.</summary>
    public EmbeddingLoss Loss { get; }

    /// <summary>Which vectors are taught. Losses take cosines, so that their length counts for nothing.</summary>
    /// <value>The mean over the tokens of the last layer, unless the encoder's folder says otherwise.</value>
    public EmbeddingOptions Embedding { get; init; } = new();

    /// <summary>What cosines are divided by in a softmax; positive. <see cref="EmbeddingLoss.Cosine"/> has none.</summary>
    /// <value>0.05.</value>
    public double Temperature { get; init; } = 0.05;

    /// <summary>The score that means a cosine of 0.</summary>
    /// <value>The lowest of the training pairs; where those have none, of the others.</value>
    public double LowestScore { get; init; }

    /// <summary>The score that means a cosine of 1; above <see cref="LowestScore"/>.</summary>
    /// <value>The highest of the training pairs; where those have none, of the others.</value>
    public double HighestScore { get; init; } = 1;

    /// <inheritdoc/>
    public override string MainMetric => IsScored(_evaluation[0].Set) ? TextScores.NameOf(TextMetric.Spearman) : TextScores.NameOf(TextMetric.Accuracy);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => [];

    /// <inheritdoc/>
    public override int TrainingExamples => _training.Examples.Count;

    internal override bool HasPairs => false; // each text is a sequence of its own

    internal override bool HasFreshHead => false;

    internal override string Identity => string.Create(
        CultureInfo.InvariantCulture, $"{Name}: {Loss} of {Embedding}, temperature {Temperature}, scores from {LowestScore} to {HighestScore}");

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for one class of several";
        if (options.ClassWeights is not null) yield return $"{nameof(options.ClassWeights)} are for one class of several";
        if (options.RDropWeight is not null) yield return $"{nameof(options.RDropWeight)} is for one class of several";
        if (options.HeadStyle != HeadStyle.HuggingFace) yield return $"{nameof(options.HeadStyle)} is for a head; vectors have none";
        if (!(Temperature > 0 && double.IsFinite(Temperature))) yield return $"{nameof(Temperature)} must be above 0, not {Temperature}";
        if (!(HighestScore > LowestScore)) yield return $"{nameof(HighestScore)} must be above {nameof(LowestScore)}, but is {HighestScore} beside {LowestScore}";
        if (Loss != EmbeddingLoss.Cosine && options.BatchSize < 2) yield return $"{nameof(options.BatchSize)} must be 2 at least: {Loss} compares the pairs of an update";
    }

    internal override ElectraConfig Configure(ElectraConfig encoder) => Embedding.Cut(encoder);

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options)
    {
        EmbeddingOptions embedding = EmbeddingFolder.Open(folder).Resolve(Embedding);
        return new EmbeddingNetwork(HeadlessElectra.FromPretrained(folder, device, config, options.Seed), this, embedding, options.MaxLength!.Value);
    }

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        bool isAlone = Loss == EmbeddingLoss.SimCse;
        EncodedExample[] training = [.. _training.Examples.Zip(Pairs(_training, isAlone), (example, pair) => new EncodedExample(pair, [], Targets(example)))];
        return new EncodedTask(training, [.. _evaluation.Select(set => new EmbeddingEvaluationSet(set.Name, this, set.Set.Examples, Pairs(set.Set, isAlone: false)))])
        {
            HasWholeUpdates = Loss != EmbeddingLoss.Cosine,
        };

        float[] Targets(TextExample example) => Loss is EmbeddingLoss.Cosine or EmbeddingLoss.CoSent ? [(float)Scaled(example.Value!.Value)] : [];

        TokenSequence[][] Pairs(ExampleSet<TextExample> set, bool isAlone)
        {
            IEnumerable<string> texts = set.Examples.SelectMany(example => isAlone ? [example.Text] : new[] { example.Text, example.Pair! });
            TokenSequence[] all = TextSequences.Of(tokenizer, TextPairs.Of([.. texts], null), options.MaxLength!.Value);
            return isAlone ? [.. all.Select(text => new[] { text, text })] : [.. all.Chunk(2)];
        }
    }

    /// <summary>The cosine that a score means.</summary>
    internal double Scaled(double score) => (score - LowestScore) / (HighestScore - LowestScore);

    private static bool IsScored(ExampleSet<TextExample> set) => set.Examples.Any(example => example.Value is not null);

    private static double[] Scores(ExampleSet<TextExample> set) => [.. set.Examples.Where(example => example.Value is not null).Select(example => example.Value!.Value)];

    private static void Check(ExampleSet<TextExample> set, bool needsPair, bool needsScore)
    {
        if (set.Examples.Count == 0) throw new ArgumentException($"{set.Source}: there is no example.");
        foreach ((int index, TextExample example) in set.Examples.Index())
        {
            string? problem = needsPair && example.Pair is null ? "has no second text"
                : needsScore && !(example.Value is double score && double.IsFinite(score)) ? "has no number"
                : null;
            if (problem is not null) throw new ArgumentException($"{set.Source}: example {index + 1} {problem}.");
        }
    }
}
