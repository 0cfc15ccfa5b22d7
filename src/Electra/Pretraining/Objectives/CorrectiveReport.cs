namespace Electra.Pretraining;

/// <summary>What is told of a discriminator that also says which words were masked, while it trains.</summary>
/// <param name="Detection">As of ELECTRA.</param>
/// <param name="TrainedRecoveryLoss">The loss of saying the words, as trained, in nats a masked place.</param>
/// <param name="Recovery">The loss of its language model alone, and how often its likeliest word was the masked one.</param>
public sealed record CorrectiveReport(ElectraReport Detection, double TrainedRecoveryLoss, MaskedLMScore Recovery) : ElectraReport(Detection)
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
    [
        .. base.Figures(), ("trained_recovery_loss", TrainedRecoveryLoss), ("recovery_loss", Recovery.Loss), ("recovery_accuracy", Recovery.Accuracy),
    ];

    internal override double Loss => Detection.Loss + TrainedRecoveryLoss;
}
