namespace Electra.Pretraining;

/// <summary>
/// Judges once what loaded networks make of a run's first updates: figures of networks that know nothing say that the weights, the vocabulary and the text do not go together.
/// </summary>
/// <param name="loaded">Which networks were loaded whole; a fresh one knows nothing, and rightly so.</param>
/// <param name="vocabSize">Words to choose from.</param>
internal sealed class FirstFigures(LoadedNetworks loaded, int vocabSize)
{
    // A poor generator of 8,000 words stands at 0.6 ln V, word counts alone at 0.8; one that reads other words than it learned lies above ln V.
    private const double NothingKnown = 0.95;

    // As in the alarms of a dead run; the constant answer costs 0.33 nat when 10 % are replaced, and good models stay near 0.1.
    private const double NoRanking = 0.55, NoTask = 0.02;

    private const double Updates = 20;

    private double _seen, _maskLoss, _detectionLoss, _area, _share;
    private bool _isJudged;

    /// <summary>What this report completes; nothing before 20 updates, and nothing after they were judged.</summary>
    /// <param name="report">The figures.</param>
    /// <param name="updates">Updates that they are means of.</param>
    public IEnumerable<TrainingAlarm> Watch(StepReport report, double updates)
    {
        if (_isJudged) return [];
        ElectraReport? detection = report.Detection;
        _seen += updates;
        _maskLoss += updates * report.MaskedLM.Mask.Loss;
        _detectionLoss += updates * (detection?.DiscriminatorLoss ?? 0);
        _area += updates * (detection?.Discriminator.AreaUnderCurve ?? 0);
        _share += updates * (detection?.Discriminator.PositiveRate ?? 0);
        _isJudged = _seen >= Updates;
        return _isJudged ? Judge(report.Step, detection is not null) : [];
    }

    private IEnumerable<TrainingAlarm> Judge(long step, bool detects)
    {
        double mask = _maskLoss / _seen, loss = _detectionLoss / _seen, area = _area / _seen, share = _share / _seen, nothing = Math.Log(vocabSize);
        if (loaded.Generator && mask >= NothingKnown * nothing)
        {
            yield return new TrainingAlarm(
                TrainingAlarmKind.GeneratorDoesNotFit, step,
                $"In the first {_seen:N0} updates the loaded generator's loss at [MASK] was {mask:F2}, and guessing among {vocabSize:N0} words costs {nothing:F2}: it does not go with this vocabulary or "
                + "text. Check that the tokenizer is the one it was trained with.");
        }

        if (!detects || !loaded.Encoder) yield break;
        if (area < NoRanking && loss >= Entropy(share))
        {
            yield return new TrainingAlarm(
                TrainingAlarmKind.DiscriminatorDoesNotFit, step,
                $"In the first {_seen:N0} updates the loaded discriminator ranked no better than chance (area under the curve {area:F2}, loss {loss:F2}; knowing nothing costs {Entropy(share):F2}): it does not "
                + "go with this generator, vocabulary or text. Check that the two were trained together, and the tokenizer.");
        }

        if (loaded.Generator && loss < NoTask)
        {
            yield return new TrainingAlarm(
                TrainingAlarmKind.DiscriminatorDoesNotFit, step,
                $"In the first {_seen:N0} updates the loaded discriminator's loss was near zero ({loss:G2}) with {share:P1} of the tokens replaced: the generator's words are no task for it. Check that the "
                + "two were trained together.");
        }
    }

    private static double Entropy(double share) =>
        share is <= 0 or >= 1 ? 0 : -((share * Math.Log(share)) + ((1 - share) * Math.Log(1 - share)));
}
