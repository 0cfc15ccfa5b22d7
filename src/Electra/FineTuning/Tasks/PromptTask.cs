using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Texts to be classified by the words of a prompt: a discriminator goes on with what it was pre-trained for, under the head that it has, so that few
/// examples do (Xia et al. 2022, arXiv 2205.15223). What comes out is loaded with <see cref="ZeroShotClassifier"/>.
/// </summary>
public sealed class PromptTask : FineTuningTask
{
    private readonly TextClassificationTask _texts;

    /// <summary>A task of texts with one class each.</summary>
    /// <param name="prompt">Its classes have the labels of the texts, in any order.</param>
    /// <param name="texts">The examples; they are judged by its metrics.</param>
    /// <exception cref="ArgumentException">The prompt is bad, lacks a label or has one too many, or a text has another kind of label.</exception>
    public PromptTask(Prompt prompt, TextClassificationTask texts)
        : base(texts.Name)
    {
        _texts = texts;
        prompt = prompt.Validate();
        if (texts.Kind != LabelKind.SingleLabel) throw new ArgumentException("A prompt is for texts with one class of several.", nameof(texts));
        string[] known = [.. prompt.Classes.Select(of => of.Label)];
        if (!known.Order(StringComparer.Ordinal).SequenceEqual(texts.Labels.Order(StringComparer.Ordinal)))
            throw new ArgumentException($"The prompt has the classes {string.Join(", ", known)}; the texts have {string.Join(", ", texts.Labels)}.", nameof(prompt));
        Prompt = prompt with { Classes = [.. texts.Labels.Select(label => prompt.Classes.First(of => of.Label == label))] };
        (UsualEpochs, UsualLength) = (texts.UsualEpochs, texts.UsualLength);
    }

    /// <summary>What is asked, its classes in the order of the texts' labels.</summary>
    public Prompt Prompt { get; }

    /// <summary>Where it is learned from.</summary>
    /// <value>Words.</value>
    public PromptLoss Loss { get; init; } = PromptLoss.Words;

    /// <inheritdoc/>
    public override string MainMetric => _texts.MainMetric;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => _texts.Labels;

    /// <inheritdoc/>
    public override int TrainingExamples => _texts.TrainingExamples;

    internal override bool HasPairs => false; // all in one segment

    internal override bool HasFreshHead => false;

    internal override string Identity => $"{Name}: {Loss} of {Prompt.ToJson()}";

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for a head with classes";
        if (options.RDropWeight is not null) yield return $"{nameof(options.RDropWeight)} is for a head with classes";
        if (options.HeadStyle != HeadStyle.HuggingFace) yield return $"{nameof(options.HeadStyle)} is for a fresh head";
        if (Loss == PromptLoss.AllTokens && Prompt.Scoring != PromptScoring.Joint) yield return $"a loss over all tokens is for words that are judged together, {nameof(PromptScoring.Joint)}";
        foreach (string problem in _texts.Problems(options with { LabelSmoothing = 0, RDropWeight = null })) yield return problem;
    }

    internal override ElectraConfig Configure(ElectraConfig encoder) => encoder with { Id2Label = null, ProblemType = null };

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options)
    {
        ElectraForPreTraining model = PretrainedExtensions.Load<ElectraForPreTraining>(folder, out PretrainedLoadReport report, device, config, options.Seed);
        if (report.MissingKeys.Count == 0) return new PromptNetwork(model, this);
        model.Dispose();
        throw new InvalidDataException($"'{folder}' is no discriminator ('{report.MissingKeys[0]}' is missing); a prompt needs the head of pre-training.");
    }

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        EncodedTask texts = _texts.Encode(tokenizer, options);
        var encoder = new PromptEncoder(tokenizer, Prompt, options.MaxLength!.Value);
        TokenSequence[][] sequences = Sequences(_texts.Training);
        EncodedExample[] training = [.. texts.Training.Select((example, i) => example with { Sequences = sequences[i] })];
        return new EncodedTask(
            training,
            [.. texts.Evaluation.Zip(_texts.EvaluationSets, (set, examples) => new PromptEvaluationSet(set, Prompt, encoder, Sequences(examples.Set)))]);

        TokenSequence[][] Sequences(ExampleSet<TextExample> set) =>
            [.. encoder.Encode([.. set.Examples.Select(example => (example.Text, example.Pair))]).Chunk(encoder.SequencesPerText)];
    }
}
