using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Questions whose answers stand in a text, or, when a training question has none, perhaps don't. Scored by SQuAD's exact match and F1, in percent.
/// </summary>
public sealed class QuestionAnsweringTask : FineTuningTask
{
    private readonly ExampleSet<QuestionExample> _training, _evaluation;

    /// <summary>A task of questions that were read already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="training">Questions to learn from, by their first answers.</param>
    /// <param name="evaluation">Questions to be judged by.</param>
    /// <param name="answers">How answers are looked for; its length is that of the fine-tuning's options.</param>
    /// <exception cref="ArgumentException">There are no questions.</exception>
    public QuestionAnsweringTask(string name, ExampleSet<QuestionExample> training, ExampleSet<QuestionExample> evaluation, AnswerOptions? answers = null)
        : base(name)
    {
        if (training.Examples.Count == 0) throw new ArgumentException($"{training.Source}: there is no question to learn from.", nameof(training));
        if (evaluation.Examples.Count == 0) throw new ArgumentException($"{evaluation.Source}: there is no question to be judged by.", nameof(evaluation));
        (_training, _evaluation) = (training, evaluation);
        Answers = (answers ?? new AnswerOptions()).Validate();
        HasImpossible = training.Examples.Concat(evaluation.Examples).Any(question => question.Answers.Count == 0);
        (UsualEpochs, UsualLength) = (2, Answers.MaxLength);
    }

    /// <summary>How answers are looked for.</summary>
    public AnswerOptions Answers { get; }

    /// <summary>Whether some questions have no answer, as in SQuAD 2.0.</summary>
    public bool HasImpossible { get; }

    /// <inheritdoc/>
    public override string MainMetric => "f1";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => [];

    /// <inheritdoc/>
    public override int TrainingExamples => _training.Examples.Count;

    internal override bool HasPairs => true;

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for one class of several";
        if (options.ClassWeights is not null) yield return $"{nameof(options.ClassWeights)} are for one class of several";
        if (options.RDropWeight is not null) yield return $"{nameof(options.RDropWeight)} is for one class of several";
    }

    internal override ElectraConfig Configure(ElectraConfig encoder) => encoder with { Id2Label = null, ProblemType = null };

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options) =>
        new QuestionAnsweringNetwork(ElectraForQuestionAnswering.FromPretrained(folder, device, config, options.Seed), Answers, HasImpossible);

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        var windows = new AnswerWindows(tokenizer, Answers with { MaxLength = options.MaxLength!.Value }, options.MaxLength.Value);
        IReadOnlyList<AnswerWindow>[] Cut(ExampleSet<QuestionExample> set)
        {
            var all = new IReadOnlyList<AnswerWindow>[set.Examples.Count];
            Parallel.For(0, all.Length, i => all[i] = windows.Of(set.Examples[i].Question, set.Examples[i].Context));
            return all;
        }

        return new EncodedTask(
            [.. _training.Examples.Zip(Cut(_training)).SelectMany(item => item.Second.Select(window => Encoded(item.First, window)))],
            [new AnswerEvaluationSet("dev", this, options.HeadStyle, _evaluation.Examples, Cut(_evaluation))]);
    }

    /// <summary>Where the answer of a question starts and ends in a window, and whether there is none.</summary>
    internal static long[] Target(QuestionExample question, AnswerWindow window)
    {
        if (question.Answers.Count == 0) return [0, 0, 1];
        AnswerText answer = question.Answers[0];
        (int start, int end) = window.Find(new TextSpan(answer.Start, answer.Start + answer.Text.Length));
        return [start, end, 0];
    }

    private static EncodedExample Encoded(QuestionExample question, AnswerWindow window) => new([window.Sequence], Target(question, window), []);
}
