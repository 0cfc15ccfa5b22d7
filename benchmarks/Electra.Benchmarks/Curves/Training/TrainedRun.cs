namespace Electra.Benchmarks.Curves.Training;

/// <summary>What a run left.</summary>
/// <param name="Setting">Which run.</param>
/// <param name="MaskedLM">The generator's loss where it reads [MASK], in nats a place.</param>
/// <param name="Detection">The discriminator's loss, in nats a token of text.</param>
/// <param name="AreaUnderCurve">Of replaced token detection, at the last evaluation.</param>
/// <param name="WordFrequencyLoss">What word frequencies alone reach where the generator reads [MASK], on held-out text.</param>
/// <param name="TokenIdentityAreaUnderCurve">What token identity alone reaches, at the last evaluation.</param>
/// <param name="Seconds">Of training, without evaluation.</param>
internal sealed record TrainedRun(
    RunSetting Setting,
    LossCurve MaskedLM,
    LossCurve Detection,
    double AreaUnderCurve,
    double WordFrequencyLoss,
    double TokenIdentityAreaUnderCurve,
    double Seconds);
