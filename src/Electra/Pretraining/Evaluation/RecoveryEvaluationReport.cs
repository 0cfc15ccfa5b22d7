namespace Electra.Pretraining;

/// <summary>How good a language model that reads the generator's words is on held-out text.</summary>
/// <param name="TrainedMaskedLMLoss">As in <see cref="MaskedLMEvaluationReport"/>, of the generator.</param>
/// <param name="MaskedLM">As in <see cref="MaskedLMEvaluationReport"/>, of the generator.</param>
/// <param name="WordFrequencies">As in <see cref="MaskedLMEvaluationReport"/>.</param>
/// <param name="Recovery">The language model's loss and accuracy at the masked places.</param>
public sealed record RecoveryEvaluationReport(
    double TrainedMaskedLMLoss, MaskedLMMetrics MaskedLM, MaskedLMScore WordFrequencies, MaskedLMScore Recovery)
    : MaskedLMEvaluationReport(TrainedMaskedLMLoss, MaskedLM, WordFrequencies)
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
        [.. base.Figures(), ("recovery_loss", Recovery.Loss), ("recovery_accuracy", Recovery.Accuracy)];
}
