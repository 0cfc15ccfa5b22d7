namespace Electra.Training;

/// <summary>
/// How a number changes over a run: it is what it was until <see cref="Start"/>, goes in a straight line to <see cref="Final"/>, has come there by <see cref="End"/>, and stays there. Shares are
/// of updates made, or of a <see cref="TrainingOptions.Budget"/>'s time used, before the update.
/// </summary>
public sealed record LinearChange
{
    /// <summary>What it comes to.</summary>
    public required double Final { get; init; }

    /// <summary>The share of the run after which it begins to change, at least 0.</summary>
    /// <value>0.</value>
    public double Start { get; init; }

    /// <summary>The share of the run after which it has changed; above <see cref="Start"/> and at most 1.</summary>
    /// <value>1.</value>
    public double End { get; init; } = 1;

    /// <summary>The number at some progress.</summary>
    /// <param name="initial">What it is at first.</param>
    /// <param name="progress">How far the run is, from 0 to 1.</param>
    public double At(double initial, double progress)
    {
        if (progress <= Start) return initial;
        return progress >= End ? Final : initial + ((Final - initial) * ((progress - Start) / (End - Start)));
    }

    /// <summary>Lists what is out of range, but for <see cref="Final"/>, one phrase a field.</summary>
    /// <param name="name">The change's own.</param>
    internal IEnumerable<string> Problems(string name)
    {
        if (!(Start >= 0)) yield return $"{name}.{nameof(Start)} must be at least 0, not {Start}";
        if (!(End > Start && End <= 1)) yield return $"{name}.{nameof(End)} must be above {nameof(Start)} ({Start}) and at most 1, not {End}";
    }
}
