namespace Electra.Optimization;

/// <summary>
/// The learning rate as a pure function of the update's number (and, in a run that a clock ends, of the time). Warm-up is a straight line: except for
/// <see cref="LearningRateScheduleKind.Google"/>, update 0 already moves (peak / warm-up) and update warm-up - 1 has the peak.
/// </summary>
public sealed record LearningRateSchedule
{
    // Of a run that a clock ends nobody knows how many updates it makes, so a warm-up in updates might never be over.
    private const double LongestTimedWarmup = 0.1;

    /// <summary>The shape.</summary>
    /// <value>Linear.</value>
    public LearningRateScheduleKind Kind { get; init; } = LearningRateScheduleKind.Linear;

    /// <summary>The highest rate.</summary>
    public required double PeakLearningRate { get; init; }

    /// <summary>Updates of warm-up; 0 for none.</summary>
    public required long WarmupSteps { get; init; }

    /// <summary>Updates of the whole run; the rate is 0 from there on.</summary>
    public required long TrainSteps { get; init; }

    /// <summary>For <see cref="LearningRateScheduleKind.WarmupStableDecay"/>: the share of the run, at its end, over which the rate falls.</summary>
    /// <value>0.1.</value>
    public double DecayFraction { get; init; } = 0.1;

    /// <summary>For <see cref="LearningRateScheduleKind.Google"/>: the power of the polynomial decay.</summary>
    /// <value>1.</value>
    public double Power { get; init; } = 1;

    /// <summary>The rate of update <paramref name="step"/>, counted from 0.</summary>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step >= TrainSteps) return 0;
        if (Kind == LearningRateScheduleKind.Google) return Google(step);
        if (step < WarmupSteps) return PeakLearningRate * (Kind == LearningRateScheduleKind.LinearFromZero ? step : step + 1) / WarmupSteps;
        double remaining = TrainSteps - step; // >= 1, so that the last update still moves
        double afterWarmup = TrainSteps - WarmupSteps;
        return PeakLearningRate * Kind switch
        {
            LearningRateScheduleKind.Linear or LearningRateScheduleKind.LinearFromZero => remaining / afterWarmup,
            LearningRateScheduleKind.Cosine => 0.5 * (1 - Math.Cos(Math.PI * remaining / afterWarmup)),
            LearningRateScheduleKind.WarmupStableDecay => Math.Min(1, remaining / Math.Max(1, Math.Round(DecayFraction * TrainSteps))),
            _ => throw new InvalidOperationException($"{Kind} is no schedule."),
        };
    }

    /// <summary>
    /// The rate of an update in a run that a clock ends: warm-up in updates, but over by a tenth of the time, times a fall with time that
    /// reaches 0 when time is up, however fast the updates come. <see cref="TrainSteps"/> plays no part.
    /// </summary>
    /// <param name="step">The update, counted from 0.</param>
    /// <param name="progress">The share of the time that is used up, from 0 to 1.</param>
    public double At(long step, double progress)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(progress);
        double left = Math.Max(0, 1 - progress);
        double reached = Kind is LearningRateScheduleKind.Google or LearningRateScheduleKind.LinearFromZero ? step : step + 1;
        double warmup = WarmupSteps == 0 ? 1 : Math.Min(1, Math.Max(reached / WarmupSteps, progress / LongestTimedWarmup));
        return PeakLearningRate * warmup * Kind switch
        {
            LearningRateScheduleKind.Linear or LearningRateScheduleKind.LinearFromZero => left,
            LearningRateScheduleKind.Cosine => 0.5 * (1 - Math.Cos(Math.PI * left)),
            LearningRateScheduleKind.WarmupStableDecay => Math.Min(1, left / DecayFraction),
            LearningRateScheduleKind.Google => Math.Pow(left, Power),
            _ => throw new InvalidOperationException($"{Kind} is no schedule."),
        };
    }

    // create_optimizer of github.com/google-research/electra/blob/master/model/optimization.py
    private double Google(long step)
    {
        double warmup = WarmupSteps > 0 ? Math.Min(1, (double)step / WarmupSteps) : 1;
        return PeakLearningRate * Math.Pow(1 - ((double)step / TrainSteps), Power) * warmup;
    }
}
