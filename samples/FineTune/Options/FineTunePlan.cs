using Electra.FineTuning;
using Electra.Samples.FineTune.Reporting;

namespace Electra.Samples.FineTune.Options;

/// <summary>What the arguments come to: checked, complete, ready to be carried out.</summary>
/// <param name="Model">The encoder's folder.</param>
/// <param name="Task">What to learn.</param>
/// <param name="Options">How.</param>
/// <param name="Trials">How often.</param>
/// <param name="Device">Where, as typed.</param>
/// <param name="Skipped">Rows that were left out.</param>
/// <param name="Submission">Test examples to be predicted at the end; null for none.</param>
internal sealed record FineTunePlan(
    string Model, FineTuningTask Task, FineTuningOptions Options, TrialsOptions Trials, string Device, int Skipped, Submission? Submission);
