namespace Electra.FineTuning;

/// <summary>What a run came to.</summary>
/// <param name="IsComplete">Whether it is at its end; false when it was cancelled: the next trainer with the same options goes on.</param>
/// <param name="Steps">Updates made.</param>
/// <param name="Evaluation">Of the model in <paramref name="Folder"/>; null when the run was cancelled, and on other ranks than 0.</param>
/// <param name="Folder">The Hugging Face folder with the fine-tuned model; null when the run was cancelled.</param>
public sealed record FineTuningOutcome(bool IsComplete, long Steps, FineTuningEvaluation? Evaluation, string? Folder);
