namespace Electra.FineTuning;

/// <summary>One run of several.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Evaluation">Of its model.</param>
/// <param name="Verdict">Whether it learned anything.</param>
/// <param name="Folder">The folder of its model.</param>
/// <param name="TimeUsed">Time that it took, evaluation and saving included.</param>
public sealed record TrialResult(long Seed, FineTuningEvaluation Evaluation, FineTuningVerdict Verdict, string Folder, TimeSpan TimeUsed);
