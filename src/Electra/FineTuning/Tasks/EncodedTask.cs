namespace Electra.FineTuning;

/// <summary>A task's examples for one encoder.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Evaluation">To be judged by, one set at least; the first one counts when runs are compared.</param>
internal sealed record EncodedTask(IReadOnlyList<EncodedExample> Training, IReadOnlyList<EvaluationSet> Evaluation);
