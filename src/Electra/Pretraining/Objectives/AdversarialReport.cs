namespace Electra.Pretraining;

/// <summary>What is told of a generator that is trained to raise the discriminator's loss, while it trains.</summary>
/// <param name="Detection">
/// As of ELECTRA. What the generator says of the masked words is measured and not trained; <see cref="MaskedLMReport.TrainedMaskedLMLoss"/> is what its gradient is taken of, no measure of anything.
/// </param>
/// <param name="Reward">The discriminator's loss at the masked places, in nats.</param>
/// <param name="BaselineLoss">The cross-entropy of what the generator expected it to be, in nats a masked place.</param>
public sealed record AdversarialReport(ElectraReport Detection, double Reward, double BaselineLoss) : ElectraReport(Detection)
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() => [.. base.Figures(), ("reward", Reward), ("baseline_loss", BaselineLoss)];

    internal override double Loss => Detection.Loss + BaselineLoss;
}
