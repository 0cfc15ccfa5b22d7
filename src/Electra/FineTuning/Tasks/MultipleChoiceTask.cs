using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Texts with several continuations or answers, of which the right one is to be found. Scored by accuracy.</summary>
public sealed class MultipleChoiceTask : FineTuningTask
{
    private readonly ExampleSet<ChoiceExample> _training, _evaluation;

    /// <summary>A task of examples that were read already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="training">Examples to learn from; all say which choice is right.</param>
    /// <param name="evaluation">Examples to be judged by.</param>
    /// <exception cref="ArgumentException">There are no examples, or one has fewer than two choices or a right one that it doesn't have.</exception>
    public MultipleChoiceTask(string name, ExampleSet<ChoiceExample> training, ExampleSet<ChoiceExample> evaluation)
        : base(name)
    {
        (_training, _evaluation) = (training, evaluation);
        Check(training, isTraining: true);
        Check(evaluation, isTraining: false);
    }

    /// <inheritdoc/>
    public override string MainMetric => "accuracy";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => [];

    /// <inheritdoc/>
    public override int TrainingExamples => _training.Examples.Count;

    internal override bool HasPairs => true;

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for one class of several";
        if (options.ClassWeights is not null) yield return $"{nameof(options.ClassWeights)} are for one class of several";
    }

    internal override ElectraConfig Configure(ElectraConfig encoder) => encoder with { Id2Label = null, ProblemType = null };

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options) =>
        new MultipleChoiceNetwork(ElectraForMultipleChoice.FromPretrained(folder, device, config, options.Seed));

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        TokenSequence[][] Choices(ExampleSet<ChoiceExample> set)
        {
            TokenSequence[] all = TextSequences.Of(
                tokenizer, [.. set.Examples.SelectMany(example => example.Choices.Select(choice => (example.Text, (string?)choice)))], options.MaxLength!.Value);
            int next = 0;
            return [.. set.Examples.Select(example => all[next..(next += example.Choices.Count)])];
        }

        EncodedExample[] training = [.. _training.Examples.Zip(Choices(_training)).Select(item => new EncodedExample(item.Second, [item.First.Right!.Value], []))];
        return new EncodedTask(training, [new ChoiceEvaluationSet("dev", _training.Examples, _evaluation.Examples, Choices(_evaluation))]);
    }

    private static void Check(ExampleSet<ChoiceExample> set, bool isTraining)
    {
        if (set.Examples.Count == 0) throw new ArgumentException($"{set.Source}: there is no example.");
        foreach ((int index, ChoiceExample example) in set.Examples.Index())
        {
            string? problem = example.Choices.Count < 2 ? $"has {example.Choices.Count} choice(s)"
                : example.Right is null && isTraining ? "does not say which choice is right"
                : example.Right is int right && (right < 0 || right >= example.Choices.Count) ? $"says that choice {right} is right, but has {example.Choices.Count}"
                : null;
            if (problem is not null) throw new ArgumentException($"{set.Source}: example {index + 1} {problem}.");
        }
    }
}
