namespace Electra.Training;

/// <summary>What is known of the updates since a report.</summary>
/// <param name="Updates">Those that were made.</param>
/// <param name="Loss">Their mean.</param>
/// <param name="GradientNorm">Their mean, before clipping.</param>
/// <param name="Skipped">Updates that were left out.</param>
/// <param name="InARow">The last updates that were left out, also from before the report.</param>
internal readonly record struct StepFigures(long Updates, double Loss, double GradientNorm, long Skipped, long InARow);
