namespace Electra.Pretraining;

/// <summary>How a call of <see cref="PretrainingTrainer.Train"/> ended.</summary>
/// <param name="Completed">Whether all updates were made or the budget is used up; false when it was cancelled.</param>
/// <param name="Step">Updates made.</param>
/// <param name="Checkpoint">The checkpoint that was saved last; a cancelled run goes on from it.</param>
/// <param name="Evaluation">The last evaluation; null when there was none, and on other ranks than 0.</param>
public sealed record TrainingOutcome(bool Completed, long Step, string Checkpoint, EvaluationReport? Evaluation);
