namespace Electra.Pretraining;

/// <summary>How good generator and discriminator are on held-out text.</summary>
/// <param name="TrainedMaskedLMLoss">As in <see cref="MaskedLMEvaluationReport"/>, of the generator.</param>
/// <param name="MaskedLM">As in <see cref="MaskedLMEvaluationReport"/>, of the generator.</param>
/// <param name="WordFrequencies">As in <see cref="MaskedLMEvaluationReport"/>.</param>
/// <param name="DiscriminatorLoss">In nats a token.</param>
/// <param name="Discriminator">Accuracy, precision, recall and exact area under the curve of replaced token detection.</param>
/// <param name="TokenIdentityAreaUnderCurve">
/// The area under the curve that knowing only the token reaches, without any context: see <see cref="TokenIdentityBaseline"/>.
/// </param>
public sealed record ElectraEvaluationReport(
    double TrainedMaskedLMLoss,
    MaskedLMMetrics MaskedLM,
    MaskedLMScore WordFrequencies,
    double DiscriminatorLoss,
    BinaryClassificationMetrics Discriminator,
    double TokenIdentityAreaUnderCurve) : MaskedLMEvaluationReport(TrainedMaskedLMLoss, MaskedLM, WordFrequencies)
{
    /// <summary>The loss of a discriminator that gives every token the share of replaced ones as its probability, in nats a token.</summary>
    public double ConstantDiscriminatorLoss => Discriminator.PositiveRate is 0 or 1
        ? 0
        : -((Discriminator.PositiveRate * Math.Log(Discriminator.PositiveRate)) + ((1 - Discriminator.PositiveRate) * Math.Log(1 - Discriminator.PositiveRate)));

    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
    [
        .. base.Figures(), ("discriminator_loss", DiscriminatorLoss), ("constant_discriminator_loss", ConstantDiscriminatorLoss),
        .. Discriminator.Figures(), ("token_identity_auc", TokenIdentityAreaUnderCurve),
    ];
}
