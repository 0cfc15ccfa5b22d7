namespace Electra.Pretraining;

/// <summary>Watches the reports of a run for signs of the known deaths; each is told once, and again only after it had passed.</summary>
/// <param name="patience">How many updates a sign must last.</param>
internal sealed class TrainingAlarms(long patience)
{
    // A healthy discriminator is far from both: with 10 % replaced, saying "original" everywhere costs 0.33 nat, and good models
    // stay near 0.1.
    private const double NoRecall = 0.005, NoRanking = 0.55, NoLoss = 0.002;

    private readonly Dictionary<TrainingAlarmKind, (long Since, bool Told)> _signs = [];

    /// <summary>The alarms that this report completes.</summary>
    public IEnumerable<TrainingAlarm> Watch(StepReport report)
    {
        if (report is not { Discriminator: BinaryClassificationMetrics metrics, DiscriminatorLoss: double loss }) yield break;
        bool saysOriginal = metrics.Recall < NoRecall && metrics.AreaUnderCurve < NoRanking;
        if (Lasts(TrainingAlarmKind.DiscriminatorSaysOriginal, saysOriginal, report.Step, out long since))
        {
            yield return new TrainingAlarm(TrainingAlarmKind.DiscriminatorSaysOriginal, report.Step,
                $"Since step {since} the discriminator has called all tokens original (recall {metrics.Recall:P1}, area under the curve " +
                $"{metrics.AreaUnderCurve:F2}). Try a smaller learning rate, a longer warm-up or a smaller generator.");
        }

        if (Lasts(TrainingAlarmKind.DiscriminatorLossVanished, loss < NoLoss, report.Step, out since))
        {
            yield return new TrainingAlarm(TrainingAlarmKind.DiscriminatorLossVanished, report.Step,
                $"Since step {since} the discriminator's loss has been near zero ({loss:G2}) with {metrics.PositiveRate:P1} of the " +
                "tokens replaced: the generator's words are no task for it. Check that the generator learns (its loss should fall) and " +
                "reads the same vocabulary.");
        }
    }

    private bool Lasts(TrainingAlarmKind kind, bool sign, long step, out long since)
    {
        (since, bool told) = _signs.GetValueOrDefault(kind, (step, false));
        if (!sign)
        {
            _signs.Remove(kind);
            return false;
        }

        bool alarm = !told && step - since >= patience;
        _signs[kind] = (since, told || alarm);
        return alarm;
    }
}
