namespace Electra.Pretraining;

/// <summary>What an objective tells of the text that it has read, while training or held out.</summary>
public abstract record ObjectiveReport
{
    private protected ObjectiveReport()
    {
    }

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public abstract IEnumerable<(string Name, double Value)> Figures();

    /// <summary>The loss that is trained; NaN where it is not told.</summary>
    internal virtual double Loss => double.NaN;

    /// <summary>Signs of a dead run that these figures are looked at for.</summary>
    internal virtual IEnumerable<AlarmSign> Signs() => [];
}
