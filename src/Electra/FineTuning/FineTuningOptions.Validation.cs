namespace Electra.FineTuning;

public sealed partial record FineTuningOptions
{
    private const int ShortestSequence = 4; // [CLS] a [SEP], and a token of a pair

    /// <summary>Checks every option.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">Some are out of range; the message names each of them.</exception>
    public FineTuningOptions Validate()
    {
        string[] faults = [.. Problems()];
        return faults.Length == 0 ? this : throw new ArgumentException($"Wrong fine-tuning options: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> Problems()
    {
        if (Phases.Count > 0) yield return $"{nameof(Phases)} are of pre-training; fine-tuning has none";
        if (BatchRamp is not null) yield return $"{nameof(BatchRamp)} is of pre-training; fine-tuning has none";
        if (!(Epochs is null or > 0 and < 1e6)) yield return $"{nameof(Epochs)} must be above 0, not {Epochs}";
        if (WarmupFraction is not (>= 0 and <= 1)) yield return $"{nameof(WarmupFraction)} must be from 0 to 1, not {WarmupFraction}";
        if (BatchSize < 1) yield return $"{nameof(BatchSize)} must be at least 1, not {BatchSize}";
        if (MaxLength < ShortestSequence) yield return $"{nameof(MaxLength)} must be at least {ShortestSequence}, not {MaxLength}";
        if (!Enum.IsDefined(Padding)) yield return $"{nameof(Padding)} has no value {Padding}";
        if (PositionsPerPass < 1) yield return $"{nameof(PositionsPerPass)} must be at least 1, not {PositionsPerPass}";
        if (LayerwiseLearningRateDecay is not (> 0 and <= 1))
            yield return $"{nameof(LayerwiseLearningRateDecay)} must be above 0 and at most 1, not {LayerwiseLearningRateDecay}";
        if (!Enum.IsDefined(Reduction)) yield return $"{nameof(Reduction)} has no value {Reduction}";
        if (LabelSmoothing is not (>= 0 and < 1)) yield return $"{nameof(LabelSmoothing)} must be at least 0 and below 1, not {LabelSmoothing}";
        foreach ((string label, double weight) in ClassWeights ?? new Dictionary<string, double>())
            if (!(weight >= 0 && double.IsFinite(weight))) yield return $"{nameof(ClassWeights)}['{label}'] must not be negative, but is {weight}";
        if (!(RDropWeight is null or > 0 and < 1e6)) yield return $"{nameof(RDropWeight)} must be above 0, not {RDropWeight}";
        if (ReinitializedLayers < 0) yield return $"{nameof(ReinitializedLayers)} must not be negative, but is {ReinitializedLayers}";
        if (EarlyStoppingPatience < 1) yield return $"{nameof(EarlyStoppingPatience)} must be at least 1, not {EarlyStoppingPatience}";
        if (BatchSize < 1 || MaxLength < ShortestSequence) yield break; // the rest would say so again
        foreach (string problem in TrainingProblems(ShortestSequence)) yield return problem;
    }
}
