namespace Electra.FineTuning;

/// <summary>A score of a text classifier.</summary>
public enum TextMetric
{
    /// <summary>The share of right predictions.</summary>
    Accuracy,

    /// <summary>F1 of the second of two classes.</summary>
    F1,

    /// <summary>The mean F1 of the classes: of one class of several those that occur among the labels or predictions that are compared, as in scikit-learn; of several labels at once all.</summary>
    MacroF1,

    /// <summary>F1 of all labels counted together.</summary>
    MicroF1,

    /// <summary>Matthews' correlation coefficient.</summary>
    MatthewsCorrelation,

    /// <summary>The share of texts of which every label is right.</summary>
    ExactMatch,

    /// <summary>Pearson's correlation of numbers.</summary>
    Pearson,

    /// <summary>Spearman's correlation of ranks.</summary>
    Spearman,
}
