namespace Electra.FineTuning;

/// <summary>What is to be said of a text.</summary>
public enum LabelKind
{
    /// <summary>One of several classes.</summary>
    SingleLabel,

    /// <summary>Any number of labels at once.</summary>
    MultiLabel,

    /// <summary>A number.</summary>
    Number,
}
