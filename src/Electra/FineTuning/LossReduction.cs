namespace Electra.FineTuning;

/// <summary>How the losses of an update's examples become one.</summary>
public enum LossReduction
{
    /// <summary>Their mean, each with its weight.</summary>
    Mean,

    /// <summary>Their sum: Google's code. The gradient is clipped all the same, so that it is mostly its length that differs.</summary>
    Sum,
}
