using Electra.Configuration;
using Electra.Modeling;

namespace Electra.Checkpoints;

/// <summary>A head that Google's code has fine-tuned: the variables <c>task_specific/NAME/...</c> of a checkpoint.</summary>
public sealed class GoogleTask
{
    internal GoogleTask(string name) => Name = name;

    /// <summary>The task, as that code names it: <c>mnli</c>, <c>squad</c>, <c>chunk</c>, or a name of one's own.</summary>
    public string Name { get; }

    /// <summary>
    /// Name of the class here that has such a head, for example <see cref="ElectraForSequenceClassification"/>; null where its variables are those of none.
    /// A linear layer of tokens looks like one of texts: under a name that Google's code does not know it is taken for one of texts.
    /// </summary>
    public string? Class { get; internal init; }

    /// <summary>Labels of a linear layer, 1 for numbers; 2 of question answering, start and end; 0 where <see cref="Class"/> is null.</summary>
    public int LabelCount { get; internal init; }

    /// <summary>
    /// Names of the labels, where Google's code has them. Null for numbers, for answers, for a task of one's own, and for tags, whose names are in a pickle of
    /// another folder, sorted.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; internal init; }

    /// <summary>Whether Google's code knows the name, and with it the class.</summary>
    internal bool IsKnown { get; init; }

    /// <summary>Why <see cref="Class"/> is null.</summary>
    internal string Fault { get; init; } = "";

    /// <summary>The form of the head.</summary>
    internal HeadStyle Style { get; init; } = HeadStyle.Google;

    /// <summary>Of the head alone.</summary>
    internal IReadOnlyList<GoogleVariable> Variables { get; init; } = [];

    /// <summary>What the names of parameters begin with that are zeros in Google's code; null for none.</summary>
    internal string? Zeros { get; init; }

    /// <summary>The config of encoder and head.</summary>
    /// <param name="encoder">The encoder's.</param>
    /// <param name="class">The class that is loaded.</param>
    /// <param name="labels">Names of the labels; null for <see cref="Labels"/>.</param>
    /// <exception cref="ArgumentException">There is another number of labels.</exception>
    internal ElectraConfig Configure(ElectraConfig encoder, string @class, IReadOnlyList<string>? labels)
    {
        if (labels is not null && labels.Count != LabelCount)
            throw new ArgumentException($"The head of '{Name}' has {LabelCount} label(s), and {labels.Count} name(s) are given.", nameof(labels));
        if (@class == nameof(ElectraForQuestionAnswering)) return encoder with { HeadStyle = Style };
        ElectraConfig named = (labels ?? Labels) is { } names ? encoder with { Id2Label = names.Index().ToDictionary(label => label.Index, label => label.Item) } : encoder.WithLabels(LabelCount);
        return @class == nameof(ElectraForTokenClassification)
            ? named with { ClassifierDropout = 0 }
            : named with { HeadStyle = Style, ProblemType = LabelCount == 1 ? "regression" : null };
    }
}
