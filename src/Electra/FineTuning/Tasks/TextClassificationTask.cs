using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Texts, or pairs of texts, to be classified: one class, several labels at once, or a number.</summary>
public sealed class TextClassificationTask : FineTuningTask
{
    private readonly ExampleSet<TextExample> _training;
    private readonly IReadOnlyList<(string Name, ExampleSet<TextExample> Set)> _evaluation;
    private readonly Dictionary<string, int> _indices;

    /// <summary>A task of examples that were read already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="kind">What labels are.</param>
    /// <param name="training">Examples to learn from.</param>
    /// <param name="evaluation">Sets to be judged by, one at least, each with its name; the first one counts when runs are compared.</param>
    /// <param name="labels">
    /// The names of classes by index. <value>Default: those of the training examples, in alphabetical order, numbers by size.</value>
    /// </param>
    /// <exception cref="ArgumentException">
    /// There are no examples, an example has no label or one that is unseen in training, or there is one class only.
    /// </exception>
    public TextClassificationTask(
        string name,
        LabelKind kind,
        ExampleSet<TextExample> training,
        IReadOnlyList<(string Name, ExampleSet<TextExample> Set)> evaluation,
        IReadOnlyList<string>? labels = null)
        : base(name)
    {
        if (training.Examples.Count == 0) throw new ArgumentException($"{training.Source}: there is no example to learn from.", nameof(training));
        if (evaluation.Count == 0) throw new ArgumentException("There is no set of examples to be judged by.", nameof(evaluation));
        (Kind, _training, _evaluation) = (kind, training, evaluation);
        Labels = kind == LabelKind.Number ? [] : labels ?? LabelNames.Of(training.Examples.SelectMany(example => example.Labels));
        _indices = Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        Metrics = kind switch
        {
            LabelKind.Number => [TextMetric.Pearson, TextMetric.Spearman],
            LabelKind.MultiLabel => [TextMetric.MicroF1, TextMetric.MacroF1, TextMetric.ExactMatch],
            _ => Labels.Count == 2
                ? [TextMetric.Accuracy, TextMetric.F1, TextMetric.MatthewsCorrelation]
                : [TextMetric.Accuracy, TextMetric.MacroF1, TextMetric.MatthewsCorrelation],
        };
        Check(training, isTraining: true);
        foreach ((string set, ExampleSet<TextExample> examples) in evaluation)
        {
            if (examples.Examples.Count == 0) throw new ArgumentException($"{examples.Source}: there is no example in '{set}'.", nameof(evaluation));
            Check(examples, isTraining: false);
        }
    }

    /// <summary>Rows of its sets that could not be read and were left out.</summary>
    public int SkippedRows => _training.Skipped.Count + _evaluation.Sum(item => item.Set.Skipped.Count);

    /// <summary>What labels are.</summary>
    public LabelKind Kind { get; }

    /// <summary>How many training examples have each label.</summary>
    public IReadOnlyDictionary<string, int> LabelCounts => _training.Examples.SelectMany(example => example.Labels).CountBy(label => label).ToDictionary();

    /// <summary>The scores, the one that counts first.</summary>
    /// <value>
    /// Of two classes accuracy, F1 of the second one and Matthews correlation; of more accuracy, macro F1 and Matthews correlation; of several labels
    /// at once micro F1, macro F1 and exact match; of numbers both correlations.
    /// </value>
    public IReadOnlyList<TextMetric> Metrics { get; init; }

    /// <inheritdoc/>
    public override string MainMetric => TextScores.NameOf(Metrics[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override int TrainingExamples => _training.Examples.Count;

    /// <summary>Examples to learn from.</summary>
    internal ExampleSet<TextExample> Training => _training;

    /// <summary>Sets to be judged by.</summary>
    internal IReadOnlyList<(string Name, ExampleSet<TextExample> Set)> EvaluationSets => _evaluation;

    internal override bool HasPairs => _training.Examples.Any(example => example.Pair is not null);

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (Kind != LabelKind.SingleLabel)
        {
            if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for one class of several";
            if (options.ClassWeights is not null) yield return $"{nameof(options.ClassWeights)} are for one class of several";
            if (options.RDropWeight is not null) yield return $"{nameof(options.RDropWeight)} is for one class of several";
        }
        else if (options.ClassWeights?.Keys.FirstOrDefault(label => !_indices.ContainsKey(label)) is string unknown)
        {
            yield return $"{nameof(options.ClassWeights)} has '{unknown}', which is none of the labels {string.Join(", ", Labels)}";
        }
    }

    internal override ElectraConfig Configure(ElectraConfig encoder) => Kind == LabelKind.Number
        ? encoder.WithLabels(1) with { ProblemType = "regression" }
        : encoder with
        {
            Id2Label = Labels.Index().ToDictionary(label => label.Index, label => label.Item),
            ProblemType = Kind == LabelKind.SingleLabel ? "single_label_classification" : "multi_label_classification",
        };

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options) =>
        new SequenceClassificationNetwork(ElectraForSequenceClassification.FromPretrained(folder, device, config, options.Seed), options.LabelSmoothing);

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        EncodedExample[] training = [.. _training.Examples.Zip(Sequences(_training, tokenizer, options)).Select(item => Encoded(item.First, item.Second, options))];
        return new EncodedTask(training, [.. _evaluation.Select(Set)]);

        EvaluationSet Set((string Name, ExampleSet<TextExample> Set) set) =>
            new TextEvaluationSet(set.Name, this, _training.Examples, set.Set.Examples, Sequences(set.Set, tokenizer, options));
    }

    /// <summary>The index of a label.</summary>
    internal int IndexOf(string label) => _indices[label];

    private static TokenSequence[] Sequences(ExampleSet<TextExample> set, ElectraTokenizer tokenizer, FineTuningOptions options) =>
        TextSequences.Of(tokenizer, [.. set.Examples.Select(example => (example.Text, example.Pair))], options.MaxLength!.Value);

    private EncodedExample Encoded(TextExample example, TokenSequence sequence, FineTuningOptions options)
    {
        if (Kind == LabelKind.Number) return new EncodedExample([sequence], [], [(float)example.Value!.Value]);
        if (Kind == LabelKind.SingleLabel)
            return new EncodedExample([sequence], [IndexOf(example.Labels[0])], [], options.ClassWeights?.GetValueOrDefault(example.Labels[0], 1) ?? 1);
        var values = new float[Labels.Count];
        foreach (string label in example.Labels) values[IndexOf(label)] = 1;
        return new EncodedExample([sequence], [], values);
    }

    private void Check(ExampleSet<TextExample> set, bool isTraining)
    {
        if (isTraining && Kind != LabelKind.Number && (Labels.Count == 0 || (Kind == LabelKind.SingleLabel && Labels.Count == 1)))
        {
            throw new ArgumentException(
                $"{set.Source}: " + (Labels.Count == 0 ? "no example has a label." : $"every example has the label '{Labels[0]}'; a classifier needs two at least."));
        }

        foreach ((int index, TextExample example) in set.Examples.Index())
        {
            string? problem = Kind == LabelKind.Number
                ? example.Value is null && isTraining ? "has no number" : null
                : Kind == LabelKind.SingleLabel && example.Labels.Count != 1 && (isTraining || example.Labels.Count > 1) ? $"has {example.Labels.Count} labels in place of one"
                : example.Labels.FirstOrDefault(label => !_indices.ContainsKey(label)) is string unseen
                    ? $"has the label '{unseen}', which " + (isTraining ? "is none of the task's" : "no training example has") + $"; there are {string.Join(", ", Labels.Take(20))}"
                    : null;
            if (problem is not null) throw new ArgumentException($"{set.Source}: example {index + 1} {problem}.");
        }
    }
}
