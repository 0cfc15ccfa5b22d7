namespace Electra.Benchmarks.Curves.Training;

/// <summary>What a run left.</summary>
/// <param name="Setting">Which run.</param>
/// <param name="MaskedLM">The generator's loss, in nats a masked token.</param>
/// <param name="Detection">The discriminator's loss, in nats a token.</param>
/// <param name="AreaUnderCurve">Of replaced token detection, at the last evaluation.</param>
/// <param name="Seconds">Of training, without evaluation.</param>
internal sealed record TrainedRun(RunSetting Setting, LossCurve MaskedLM, LossCurve Detection, double AreaUnderCurve, double Seconds);
