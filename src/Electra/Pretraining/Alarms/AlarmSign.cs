namespace Electra.Pretraining;

/// <summary>A sign of a known death of a run, and whether the latest figures show it.</summary>
/// <param name="Kind">Which.</param>
/// <param name="IsShown">Whether it is there.</param>
/// <param name="Message">What to tell once it has lasted; given the step since which it has.</param>
internal sealed record AlarmSign(TrainingAlarmKind Kind, bool IsShown, Func<long, string> Message);
