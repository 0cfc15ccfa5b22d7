namespace Electra.Pretraining;

/// <summary>A warning that a run seems to have died.</summary>
/// <param name="Kind">How.</param>
/// <param name="Step">Updates made when it was noticed.</param>
/// <param name="Message">What was seen, since when, and what to try.</param>
public sealed record TrainingAlarm(TrainingAlarmKind Kind, long Step, string Message);
