namespace Electra.Training;

/// <summary>What all ranks go by until the next update.</summary>
/// <param name="Stop">Whether one of them was told to stop.</param>
/// <param name="Used">The time that the run has taken, by the clock of rank 0.</param>
/// <param name="IsDone">Whether the task of rank 0 has no use for further updates.</param>
internal readonly record struct RunWord(bool Stop, TimeSpan Used, bool IsDone);
