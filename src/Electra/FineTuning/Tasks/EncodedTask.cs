namespace Electra.FineTuning;

/// <summary>A task's examples for one encoder.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Evaluation">To be judged by, one set at least; the first one counts when runs are compared.</param>
internal sealed record EncodedTask(IReadOnlyList<EncodedExample> Training, IReadOnlyList<EvaluationSet> Evaluation)
{
    /// <summary>
    /// Whether the loss of an update hangs on all its examples together, so that it cannot be computed in parts; however many positions they have.
    /// </summary>
    /// <value>false</value>
    public bool HasWholeUpdates { get; init; }
}
