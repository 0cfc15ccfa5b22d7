using Electra.Optimization;

namespace Electra.Training;

/// <summary>
/// What each update of a run takes, as a pure function of how far the run is. Progress goes from 0 to 1: updates made of all updates,
/// or time used of the budget.
/// </summary>
internal sealed class RunSchedule(TrainingOptions options)
{
    // Shares such as 0.1 + 0.2 miss the update they mean by a rounding error; a run has fewer than a billion updates.
    private const double Rounding = 1e-9;

    // The rest of a run is looked at in this many places to estimate how long it takes.
    private const int Places = 256;

    private readonly LearningRateSchedule _rate = options.LearningRateSchedule;

    /// <summary>The phases in order, one at least.</summary>
    public IReadOnlyList<RunPhase> Phases { get; } = RunPhase.Of(options);

    /// <summary>How far the run is, from 0 to 1.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="used">Time used.</param>
    public double Progress(long step, TimeSpan used) =>
        Math.Min(1, options.Budget is TimeSpan budget ? used / budget : (double)step / options.TrainSteps);

    /// <summary>What the update after so many updates, and so much time, takes.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="used">Time used.</param>
    public StepPlan At(long step, TimeSpan used)
    {
        double progress = Progress(step, used);
        return Sizes(progress) with { Progress = progress, LearningRate = options.Budget is null ? _rate.At(step) : _rate.At(step, progress) };
    }

    /// <summary>The positions of all updates to come, padding included. For runs without a budget.</summary>
    /// <param name="step">Updates made.</param>
    public double PositionsLeft(long step) => (options.TrainSteps - step) * MeanOfTheRest(Progress(step, default), plan => plan.Positions);

    /// <summary>The updates of the whole run; with a budget an estimate from the recent rate, to be made anew as the run goes on.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="used">Time used.</param>
    /// <param name="positionsPerSecond">The recent rate, padding included.</param>
    public long TotalUpdates(long step, TimeSpan used, double positionsPerSecond)
    {
        if (options.Budget is not TimeSpan budget) return options.TrainSteps;
        double positions = Math.Max(0, (budget - used).TotalSeconds) * positionsPerSecond;
        return step + (long)Math.Round(positions * MeanOfTheRest(Progress(step, used), plan => 1.0 / plan.Positions));
    }

    /// <summary>What to tell when a run goes on longer than it was planned for.</summary>
    /// <param name="shorter">What it was planned for.</param>
    /// <param name="step">Updates made.</param>
    /// <param name="used">Time used.</param>
    public string Extension(TrainingOptions shorter, long step, TimeSpan used)
    {
        double before = new RunSchedule(shorter).At(step, used).LearningRate, now = At(step, used).LearningRate;
        string lengths = options.Budget is TimeSpan budget
            ? $"from {shorter.Budget} to {budget}"
            : $"from {shorter.TrainSteps:N0} steps to {options.TrainSteps:N0}";
        return $"The run is extended {lengths}. From step {step} on its rate, phases and batches are those of a run of the new length: the "
            + FormattableString.Invariant($"{options.Schedule} schedule goes on at {now:0.0e+0}, where it stood at {before:0.0e+0}.");
    }

    private double MeanOfTheRest(double from, Func<StepPlan, double> value) =>
        Enumerable.Range(0, Places).Average(place => value(Sizes(from + ((1 - from) * (place + 0.5) / Places))));

    private StepPlan Sizes(double progress)
    {
        int index = Phases.Count - 1;
        while (Phases[index].Start > progress + Rounding) index--;
        RunPhase phase = Phases[index];
        return new StepPlan(index, phase.SequenceLength, BatchSize(phase, progress), phase.MicroBatchSize, 0);
    }

    private int BatchSize(RunPhase phase, double progress)
    {
        if (options.BatchRamp is not { } ramp || progress + Rounding >= ramp.Share) return phase.BatchSize;
        double growth = (phase.BatchSize - ramp.InitialBatchSize) * progress / ramp.Share;
        return ramp.InitialBatchSize + ((int)((growth / phase.MicroBatchSize) + Rounding) * phase.MicroBatchSize);
    }
}
