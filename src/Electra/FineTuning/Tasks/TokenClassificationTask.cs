using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Words of sentences to be tagged. Tags such as <c>B-PER</c> are scored by the entities they make, unless asked otherwise as conlleval does; other tags by accuracy.
/// </summary>
public sealed class TokenClassificationTask : FineTuningTask
{
    private readonly ExampleSet<TaggedSentence> _training;
    private readonly IReadOnlyList<(string Name, ExampleSet<TaggedSentence> Set)> _evaluation;
    private readonly Dictionary<string, int> _indices;

    /// <summary>A task of sentences that were read already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="training">Sentences to learn from.</param>
    /// <param name="evaluation">Sets to be judged by, one at least, each with its name; the first one counts when runs are compared.</param>
    /// <param name="labels">Tags by index. <value>Default: those of the training sentences in alphabetical order, <c>O</c> first.</value></param>
    /// <exception cref="ArgumentException">There are no sentences, or one has another number of tags than words, or a tag that is none of the labels.</exception>
    public TokenClassificationTask(
        string name,
        ExampleSet<TaggedSentence> training,
        IReadOnlyList<(string Name, ExampleSet<TaggedSentence> Set)> evaluation,
        IReadOnlyList<string>? labels = null)
        : base(name)
    {
        if (training.Examples.Count == 0) throw new ArgumentException($"{training.Source}: there is no sentence to learn from.", nameof(training));
        if (evaluation.Count == 0) throw new ArgumentException("There is no set of sentences to be judged by.", nameof(evaluation));
        (_training, _evaluation) = (training, evaluation);
        Labels = labels ?? [.. training.Examples.SelectMany(sentence => sentence.Tags).Distinct().OrderBy(tag => tag != "O").ThenBy(tag => tag, StringComparer.Ordinal)];
        if (Labels.Count < 2) throw new ArgumentException($"{training.Source}: every word has the same tag; a tagger needs two at least.", nameof(training));
        _indices = Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        HasEntities = Labels.Any(label => label.StartsWith("B-", StringComparison.Ordinal) || label.StartsWith("I-", StringComparison.Ordinal));
        Check(training, isTraining: true);
        foreach ((_, ExampleSet<TaggedSentence> set) in evaluation) Check(set, isTraining: false);
    }

    /// <summary>Whether tags make entities, and are scored by them.</summary>
    public bool HasEntities { get; }

    /// <summary>What counts as an entity, in the truth and in what was predicted.</summary>
    /// <value><see cref="TagScheme.Conlleval"/>. The others are strict, as seqeval calls it: tags that break the scheme make no entity.</value>
    public TagScheme Scoring { get; init; } = TagScheme.Conlleval;

    /// <inheritdoc/>
    public override string MainMetric => HasEntities ? "f1" : "accuracy";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override int TrainingExamples => _training.Examples.Count;

    internal override bool HasPairs => false;

    internal override IEnumerable<string> Problems(FineTuningOptions options)
    {
        if (options.LabelSmoothing > 0) yield return $"{nameof(options.LabelSmoothing)} is for one class of several";
        if (options.ClassWeights is not null) yield return $"{nameof(options.ClassWeights)} are for one class of several";
        if (options.RDropWeight is not null) yield return $"{nameof(options.RDropWeight)} is for one class of several";
    }

    internal override ElectraConfig Configure(ElectraConfig encoder) =>
        encoder with { Id2Label = Labels.Index().ToDictionary(label => label.Index, label => label.Item), ProblemType = null };

    internal override TaskNetwork Load(string folder, ElectraConfig config, Device? device, FineTuningOptions options) =>
        new TokenClassificationNetwork(ElectraForTokenClassification.FromPretrained(folder, device, config, options.Seed));

    internal override EncodedTask Encode(ElectraTokenizer tokenizer, FineTuningOptions options)
    {
        WordPieces[] Pieces(ExampleSet<TaggedSentence> set)
        {
            var pieces = new WordPieces[set.Examples.Count];
            Parallel.For(0, pieces.Length, i => pieces[i] = WordPieces.Of(tokenizer, set.Examples[i].Words, options.MaxLength!.Value));
            return pieces;
        }

        return new EncodedTask(
            [.. _training.Examples.Zip(Pieces(_training)).Select(item => Encoded(item.First, item.Second))],
            [.. _evaluation.Select(set => new TagEvaluationSet(set.Name, this, _training.Examples, set.Set.Examples, Pieces(set.Set)))]);
    }

    /// <summary>The index of a tag; -1 when no training sentence has it.</summary>
    internal int IndexOf(string tag) => _indices.GetValueOrDefault(tag, -1);

    private EncodedExample Encoded(TaggedSentence sentence, WordPieces pieces)
    {
        long[] classes = new long[pieces.Sequence.Length];
        classes.AsSpan().Fill(ElectraLosses.IgnoredLabel);
        int labelled = 0;
        foreach ((int word, int place) in pieces.First.Index())
        {
            if (place < 0) continue;
            classes[place] = IndexOf(sentence.Tags[word]);
            labelled++;
        }

        return new EncodedExample([pieces.Sequence], classes, [], labelled);
    }

    private void Check(ExampleSet<TaggedSentence> set, bool isTraining)
    {
        if (set.Examples.Count == 0) throw new ArgumentException($"{set.Source}: there is no sentence.");
        foreach ((int index, TaggedSentence sentence) in set.Examples.Index())
        {
            string? problem = sentence.Tags.Count != sentence.Words.Count ? $"has {sentence.Words.Count} words, but {sentence.Tags.Count} tags"
                : isTraining && sentence.Tags.FirstOrDefault(tag => !_indices.ContainsKey(tag)) is string unknown ? $"has the tag '{unknown}', which is none of the task's"
                : null;
            if (problem is not null) throw new ArgumentException($"{set.Source}: sentence {index + 1} {problem}.");
        }
    }
}
