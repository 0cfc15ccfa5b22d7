using Electra.Training;

namespace Electra.Pretraining;

/// <summary>What ELECTRA tells while it trains: the generator's figures and the discriminator's.</summary>
/// <param name="Loss">The weighted sum of both trained losses.</param>
/// <param name="TrainedMaskedLMLoss">As in <see cref="MaskedLMReport"/>, of the generator.</param>
/// <param name="MaskedLM">As in <see cref="MaskedLMReport"/>, of the generator.</param>
/// <param name="TrainedDiscriminatorLoss">In nats: over all tokens, [CLS] and [SEP] included.</param>
/// <param name="DiscriminatorLoss">In nats a token of text.</param>
/// <param name="Discriminator">Accuracy, precision, recall and area under the curve of replaced token detection, without special tokens.</param>
public record ElectraReport(
    double Loss,
    double TrainedMaskedLMLoss,
    MaskedLMMetrics MaskedLM,
    double TrainedDiscriminatorLoss,
    double DiscriminatorLoss,
    BinaryClassificationMetrics Discriminator) : MaskedLMReport(TrainedMaskedLMLoss, MaskedLM)
{
    // A healthy discriminator is far from both: with 10 % replaced, saying "original" everywhere costs 0.33 nat, and good models
    // stay near 0.1.
    private const double NoRecall = 0.005, NoRanking = 0.55, NoLoss = 0.002;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
    [
        .. base.Figures(), ("trained_discriminator_loss", TrainedDiscriminatorLoss), ("discriminator_loss", DiscriminatorLoss),
        .. Discriminator.Figures(),
    ];

    internal override double Loss { get; } = Loss;

    internal override IEnumerable<AlarmSign> Signs()
    {
        yield return new AlarmSign(
            TrainingAlarmKind.DiscriminatorSaysOriginal,
            Discriminator.Recall < NoRecall && Discriminator.AreaUnderCurve < NoRanking,
            since => $"Since step {since} the discriminator has called all tokens original (recall {Discriminator.Recall:P1}, area under the curve " +
                $"{Discriminator.AreaUnderCurve:F2}). Try a smaller learning rate, a longer warm-up or a smaller generator.");
        yield return new AlarmSign(
            TrainingAlarmKind.DiscriminatorLossVanished,
            DiscriminatorLoss < NoLoss,
            since => $"Since step {since} the discriminator's loss has been near zero ({DiscriminatorLoss:G2}) with {Discriminator.PositiveRate:P1} of the " +
                "tokens replaced: the generator's words are no task for it. Check that the generator learns (its loss should fall) and " +
                "reads the same vocabulary.");
    }
}
