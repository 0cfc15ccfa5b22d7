using System.Text.Json.Serialization;
using Electra.Data;
using Electra.Optimization;

namespace Electra.Pretraining;

/// <summary>
/// How a pre-training run goes. The defaults are the paper's recipe for ELECTRA-Small; <see cref="Recipe"/> has the others. Saved with
/// every checkpoint, and compared when a run resumes.
/// </summary>
public sealed partial record PretrainingOptions
{
    /// <summary>How the networks are put together and what their losses weigh.</summary>
    public PretrainingModelOptions Model { get; init; } = new();

    /// <summary>How tokens are masked.</summary>
    public MaskingOptions Masking { get; init; } = new();

    /// <summary>How shards become batches.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>The constants of AdamW; clips the joint gradient norm at 1.</summary>
    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>Decoupled decay of everything except layer norms and biases; not negative.</summary>
    /// <value>0.01.</value>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The peak learning rate; positive.</summary>
    /// <value>5e-4.</value>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>The shape of the learning rate.</summary>
    /// <value>Linear.</value>
    public LearningRateScheduleKind Schedule { get; init; } = LearningRateScheduleKind.Linear;

    /// <summary>For <see cref="LearningRateScheduleKind.Wsd"/>: the share of the run over which the rate falls, in (0, 1].</summary>
    /// <value>0.1.</value>
    public double DecayFraction { get; init; } = 0.1;

    /// <summary>Updates of warm-up; at least 0 and at most <see cref="TrainSteps"/>.</summary>
    /// <value>10,000.</value>
    public long WarmupSteps { get; init; } = 10_000;

    /// <summary>Updates of the run; positive.</summary>
    /// <value>1,000,000.</value>
    public long TrainSteps { get; init; } = 1_000_000;

    /// <summary>The element type of activations and matrix products.</summary>
    /// <value>Auto.</value>
    public PretrainingPrecision Precision { get; init; } = PretrainingPrecision.Auto;

    /// <summary>Seed of masking, sampling and dropout.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }

    /// <summary>The folder for <c>checkpoints/</c> and <c>metrics.jsonl</c>; created when missing.</summary>
    /// <value>output.</value>
    public string OutputFolder { get; init; } = "output";

    /// <summary>Whether to go on from the newest checkpoint in <see cref="OutputFolder"/>; otherwise its run is given up.</summary>
    /// <value>true.</value>
    public bool Resume { get; init; } = true;

    /// <summary>Updates between progress reports; positive.</summary>
    /// <value>100.</value>
    public long LogEvery { get; init; } = 100;

    /// <summary>Updates between evaluations of held-out text; 0 for only one, at the end.</summary>
    /// <value>10,000.</value>
    public long EvaluateEvery { get; init; } = 10_000;

    /// <summary>Held-out examples an evaluation reads at most; positive.</summary>
    /// <value>2,048.</value>
    public int EvaluationExamples { get; init; } = 2_048;

    /// <summary>Updates between checkpoints; 0 for only one, at the end.</summary>
    /// <value>5,000.</value>
    public long SaveEvery { get; init; } = 5_000;

    /// <summary>How many checkpoints are kept; positive.</summary>
    /// <value>3.</value>
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>Updates a sign of a dead run must last before an alarm is raised; positive.</summary>
    /// <value>5,000.</value>
    public long AlarmPatience { get; init; } = 5_000;

    /// <summary>The learning rate over the run.</summary>
    [JsonIgnore]
    public LearningRateSchedule LearningRateSchedule => new()
    {
        Kind = Schedule,
        PeakLearningRate = LearningRate,
        WarmupSteps = WarmupSteps,
        TrainSteps = TrainSteps,
        DecayFraction = DecayFraction,
    };

    /// <summary>
    /// The same run as a plain masked LM: BERT's 80/10/10 corruption, no generator, no discriminator
    /// (<see cref="PretrainingObjective.MaskedLM"/>).
    /// </summary>
    public PretrainingOptions AsMaskedLM() => this with
    {
        Model = Model with { Objective = PretrainingObjective.MaskedLM },
        Masking = MaskingOptions.Bert with { MaskProbability = Masking.MaskProbability },
    };

    /// <summary>Checks every option.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">Some are out of range; the message names each of them.</exception>
    public PretrainingOptions Validate()
    {
        string[] faults = [.. Problems()];
        return faults.Length == 0 ? this : throw new ArgumentException($"Wrong pre-training options: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> Problems()
    {
        static string? Of<T>(Func<T> check)
        {
            try
            {
                check();
                return null;
            }
            catch (ArgumentException error)
            {
                return error.Message.TrimEnd('.');
            }
        }

        foreach (string problem in Model.Problems()) yield return problem;
        foreach (string problem in Masking.Problems()) yield return problem;
        if (Of(Data.Validate) is string data) yield return data;
        foreach (string problem in Optimizer.Problems()) yield return problem;
        if (!(WeightDecay >= 0)) yield return $"{nameof(WeightDecay)} must not be negative, but is {WeightDecay}";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return $"{nameof(LearningRate)} must be above 0, not {LearningRate}";
        if (!Enum.IsDefined(Schedule)) yield return $"{nameof(Schedule)} has no value {Schedule}";
        if (DecayFraction is not (> 0 and <= 1)) yield return $"{nameof(DecayFraction)} must be above 0 and at most 1, not {DecayFraction}";
        if (TrainSteps < 1) yield return $"{nameof(TrainSteps)} must be at least 1, not {TrainSteps}";
        if (WarmupSteps < 0 || WarmupSteps > TrainSteps)
            yield return $"{nameof(WarmupSteps)} must be from 0 to {nameof(TrainSteps)} ({TrainSteps}), but is {WarmupSteps}";
        if (!Enum.IsDefined(Precision)) yield return $"{nameof(Precision)} has no value {Precision}";
        if (string.IsNullOrWhiteSpace(OutputFolder)) yield return $"{nameof(OutputFolder)} must name a folder";
        if (LogEvery < 1) yield return $"{nameof(LogEvery)} must be at least 1, not {LogEvery}";
        if (EvaluateEvery < 0) yield return $"{nameof(EvaluateEvery)} must not be negative, but is {EvaluateEvery}";
        if (EvaluationExamples < 1) yield return $"{nameof(EvaluationExamples)} must be at least 1, not {EvaluationExamples}";
        if (SaveEvery < 0) yield return $"{nameof(SaveEvery)} must not be negative, but is {SaveEvery}";
        if (KeepCheckpoints < 1) yield return $"{nameof(KeepCheckpoints)} must be at least 1, not {KeepCheckpoints}";
        if (AlarmPatience < 1) yield return $"{nameof(AlarmPatience)} must be at least 1, not {AlarmPatience}";
    }
}
