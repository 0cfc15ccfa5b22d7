namespace Electra.Pretraining;

/// <summary>What is told of a language model that reads the generator's words, while it trains.</summary>
/// <param name="TrainedMaskedLMLoss">As in <see cref="MaskedLMReport"/>, of the generator.</param>
/// <param name="MaskedLM">As in <see cref="MaskedLMReport"/>, of the generator.</param>
/// <param name="TrainedRecoveryLoss">The language model's loss as trained, in nats.</param>
/// <param name="Recovery">Its loss and accuracy at the masked places.</param>
public sealed record RecoveryReport(double TrainedMaskedLMLoss, MaskedLMMetrics MaskedLM, double TrainedRecoveryLoss, MaskedLMScore Recovery)
    : MaskedLMReport(TrainedMaskedLMLoss, MaskedLM)
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
    [
        .. base.Figures(), ("trained_recovery_loss", TrainedRecoveryLoss), ("recovery_loss", Recovery.Loss), ("recovery_accuracy", Recovery.Accuracy),
    ];

    internal override double Loss => TrainedRecoveryLoss;
}
