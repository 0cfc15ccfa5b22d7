namespace Electra.Training;

public abstract partial record TrainingOptions
{
    /// <summary>Lists what is out of range, one sentence an option.</summary>
    private protected IEnumerable<string> TrainingProblems(int shortestSequence)
    {
        foreach (string problem in Optimizer.Problems()) yield return problem;
        if (!(WeightDecay >= 0)) yield return $"{nameof(WeightDecay)} must not be negative, but is {WeightDecay}";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return $"{nameof(LearningRate)} must be above 0, not {LearningRate}";
        if (!Enum.IsDefined(Schedule)) yield return $"{nameof(Schedule)} has no value {Schedule}";
        if (DecayFraction is not (> 0 and <= 1)) yield return $"{nameof(DecayFraction)} must be above 0 and at most 1, not {DecayFraction}";
        if (TrainSteps < 1) yield return $"{nameof(TrainSteps)} must be at least 1, not {TrainSteps}";
        if (Budget <= TimeSpan.Zero) yield return $"{nameof(Budget)} must be above 0, not {Budget}";
        if (Budget is not null && WarmupSteps < 0) yield return $"{nameof(WarmupSteps)} must not be negative, but is {WarmupSteps}";
        if (Budget is null && (WarmupSteps < 0 || WarmupSteps > TrainSteps))
            yield return $"{nameof(WarmupSteps)} must be from 0 to {nameof(TrainSteps)} ({TrainSteps}), but is {WarmupSteps}";
        foreach (string problem in PhaseProblems(shortestSequence)) yield return problem;
        foreach (string problem in RampProblems()) yield return problem;
        if (!Enum.IsDefined(Precision)) yield return $"{nameof(Precision)} has no value {Precision}";
        foreach (string problem in DataParallel.Problems()) yield return $"{nameof(DataParallel)}.{problem}";
        if (string.IsNullOrWhiteSpace(OutputFolder)) yield return $"{nameof(OutputFolder)} must name a folder";
        if (LogEvery < 1) yield return $"{nameof(LogEvery)} must be at least 1, not {LogEvery}";
        if (EvaluateEvery < 0) yield return $"{nameof(EvaluateEvery)} must not be negative, but is {EvaluateEvery}";
        if (SaveEvery < 0) yield return $"{nameof(SaveEvery)} must not be negative, but is {SaveEvery}";
        foreach (string problem in RecoveryProblems()) yield return problem;
        if (KeepCheckpoints < 1) yield return $"{nameof(KeepCheckpoints)} must be at least 1, not {KeepCheckpoints}";
    }

    private IEnumerable<string> RecoveryProblems()
    {
        if (MaxSkippedSteps < 1) yield return $"{nameof(MaxSkippedSteps)} must be at least 1, not {MaxSkippedSteps}";
        if (MaxRollbacks < 0) yield return $"{nameof(MaxRollbacks)} must not be negative, but is {MaxRollbacks}";
        if (RollbackLearningRateFactor is not (> 0 and <= 1))
            yield return $"{nameof(RollbackLearningRateFactor)} must be above 0 and at most 1, not {RollbackLearningRateFactor}";
        if (!(LossSpikeThreshold is null or > 0)) yield return $"{nameof(LossSpikeThreshold)} must be above 0, not {LossSpikeThreshold}";
        if (RollBackOnLossSpike && LossSpikeThreshold is null) yield return $"{nameof(RollBackOnLossSpike)} needs a {nameof(LossSpikeThreshold)}";
        if (RollBackOnLossSpike && MaxRollbacks == 0) yield return $"{nameof(RollBackOnLossSpike)} needs {nameof(MaxRollbacks)} of 1 or more";
    }

    private IEnumerable<string> PhaseProblems(int shortestSequence)
    {
        foreach ((int index, TrainingPhase phase) in Phases.Index())
        {
            string name = $"{nameof(Phases)}[{index}]";
            int batch = phase.BatchSize ?? Batches.BatchSize;
            if (phase.Share is not (> 0 and <= 1)) yield return $"{name}.Share must be above 0 and at most 1, not {phase.Share}";
            if (phase.SequenceLength < shortestSequence)
                yield return $"{name}.SequenceLength must be at least {shortestSequence}, not {phase.SequenceLength}";
            if (phase.BatchSize < 1) yield return $"{name}.BatchSize must be at least 1, not {batch}";
            // A micro-batch of the data's that does not divide the data's batch is the data's fault.
            bool own = phase.MicroBatchSize is not null || phase.BatchSize is not null;
            if (own && (phase.MicroBatchSize ?? Batches.MicroBatchSize) is int micro && (micro < 1 || batch % micro != 0))
                yield return $"{name}.MicroBatchSize must divide the phase's batch of {batch}, but is {micro}";
        }

        double sum = Phases.Sum(phase => phase.Share);
        if (Phases.Count > 0 && !(Math.Abs(sum - 1) < 1e-6)) yield return $"{nameof(Phases)} must have shares that sum to 1, not to {sum}";
    }

    private IEnumerable<string> RampProblems()
    {
        if (BatchRamp is not { } ramp) yield break;
        if (ramp.Share is not (> 0 and <= 1))
            yield return $"{nameof(BatchRamp)}.Share must be above 0 and at most 1, not {ramp.Share}";
        foreach (RunPhase phase in RunPhase.Of(this).Where(phase => phase.Start < ramp.Share && !Fits(phase)).Take(1))
        {
            yield return $"{nameof(BatchRamp)}.InitialBatchSize must be a multiple of the micro-batch ({phase.MicroBatchSize}) and at most " +
                $"the batch ({phase.BatchSize}), but is {ramp.InitialBatchSize}";
        }

        bool Fits(RunPhase phase) => ramp.InitialBatchSize >= 1 && ramp.InitialBatchSize <= phase.BatchSize
            && (phase.MicroBatchSize < 1 || ramp.InitialBatchSize % phase.MicroBatchSize == 0);
    }
}
