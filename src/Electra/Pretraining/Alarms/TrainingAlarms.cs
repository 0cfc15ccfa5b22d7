namespace Electra.Pretraining;

/// <summary>Watches the reports of a run for signs of the known deaths; each is told once, and again only after it had passed.</summary>
/// <param name="patience">How many updates a sign must last.</param>
internal sealed class TrainingAlarms(long patience)
{
    private readonly Dictionary<TrainingAlarmKind, (long Since, bool Told)> _signs = [];

    /// <summary>The alarms that this report completes.</summary>
    public IEnumerable<TrainingAlarm> Watch(StepReport report)
    {
        foreach (AlarmSign sign in report.Objective.Signs())
        {
            if (Lasts(sign, report.Step, out long since)) yield return new TrainingAlarm(sign.Kind, report.Step, sign.Message(since));
        }
    }

    private bool Lasts(AlarmSign sign, long step, out long since)
    {
        (since, bool told) = _signs.GetValueOrDefault(sign.Kind, (step, false));
        if (!sign.IsShown)
        {
            _signs.Remove(sign.Kind);
            return false;
        }

        bool alarm = !told && step - since >= patience;
        _signs[sign.Kind] = (since, told || alarm);
        return alarm;
    }
}
