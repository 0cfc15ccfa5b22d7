using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Electra.Optimization;

namespace Electra.Training;

/// <summary>How any training run goes: updates, rate, cadence, folder. What it learns from is said by those that derive from it.</summary>
public abstract partial record TrainingOptions
{
    private readonly PhaseList _phases = new([]);

    private protected TrainingOptions()
    {
    }

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

    /// <summary>For <see cref="LearningRateScheduleKind.WarmupStableDecay"/>: the share of the run over which the rate falls, in (0, 1].</summary>
    /// <value>0.1.</value>
    public double DecayFraction { get; init; } = 0.1;

    /// <summary>
    /// Updates of warm-up; at least 0 and at most <see cref="TrainSteps"/>. With a <see cref="Budget"/> it is over by a tenth of the time.
    /// </summary>
    /// <value>10,000.</value>
    public long WarmupSteps { get; init; } = 10_000;

    /// <summary>Updates of the run; positive. Not used with a <see cref="Budget"/>.</summary>
    /// <value>1,000,000.</value>
    public long TrainSteps { get; init; } = 1_000_000;

    /// <summary>
    /// The time after which the run ends, in place of <see cref="TrainSteps"/>: rate, phases and ramp follow the clock. Evaluation and what saving
    /// makes training wait for count, those at the end come on top; parts of a run add up. Above 0; the same run twice does not give the same bits.
    /// </summary>
    /// <value>null: the run ends after <see cref="TrainSteps"/>.</value>
    public TimeSpan? Budget { get; init; }

    /// <summary>
    /// Parts of the run with other sequence lengths than that of the data's options, in order. Held-out text is evaluated at the length
    /// of the phase.
    /// </summary>
    /// <value>None: the whole run has one length and batch.</value>
    public IReadOnlyList<TrainingPhase> Phases
    {
        get => _phases.Items;
        init => _phases = new PhaseList([.. value]);
    }

    /// <summary>Smaller batches at the beginning.</summary>
    /// <value>null: full batches from the first update on.</value>
    public BatchRamp? BatchRamp { get; init; }

    /// <summary>The element type of activations and matrix products.</summary>
    /// <value>Auto.</value>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Auto;

    /// <summary>How several ranks train together.</summary>
    public DataParallelOptions DataParallel { get; init; } = new();

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

    /// <summary>Updates between checkpoints; 0 for only one, at the end.</summary>
    /// <value>5,000.</value>
    public long SaveEvery { get; init; } = 5_000;

    /// <summary>How many checkpoints are kept; positive.</summary>
    /// <value>3.</value>
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>
    /// Whether checkpoints between updates are written while training goes on, from a copy of 12 bytes a parameter (16 where weights are averaged) in the host's memory; otherwise training
    /// waits for the disk. The files are the same.
    /// </summary>
    /// <value>true.</value>
    public bool SaveInBackground { get; init; } = true;

    /// <summary>
    /// Updates in a row that may be left out, since their loss or gradient norm was NaN or infinite, before the run goes back or ends; positive. Noticed at the next report, evaluation or save.
    /// </summary>
    /// <value>5.</value>
    public int MaxSkippedSteps { get; init; } = 5;

    /// <summary>How often the run may go back to a checkpoint when too many updates are left out; not negative. At 0 it ends with <see cref="TrainingDivergedException"/>.</summary>
    /// <value>0.</value>
    public int MaxRollbacks { get; init; }

    /// <summary>What the learning rate is multiplied by from each rollback on; above 0 and at most 1.</summary>
    /// <value>0.5.</value>
    public double RollbackLearningRateFactor { get; init; } = 0.5;

    /// <summary>How many deviations above the mean of the last 20 reports the loss of a report must be to be told of as a spike; positive.</summary>
    /// <value>null: no report is compared.</value>
    public double? LossSpikeThreshold { get; init; }

    /// <summary>Whether the run goes back for a loss spike, too, as long as it may; otherwise spikes are only told of.</summary>
    /// <value>false.</value>
    public bool RollBackOnLossSpike { get; init; }

    /// <summary>The learning rate over the run; with a <see cref="Budget"/> a function of step and time.</summary>
    [JsonIgnore]
    public LearningRateSchedule LearningRateSchedule => new()
    {
        Kind = Schedule,
        PeakLearningRate = LearningRate,
        WarmupSteps = WarmupSteps,
        TrainSteps = TrainSteps,
        DecayFraction = DecayFraction,
    };

    /// <summary>For groups that are orthogonalized; null for AdamW there, too.</summary>
    [JsonIgnore]
    internal virtual MuonOptions? Matrices => null;

    /// <summary>For ranks that average their weights now and then in place of their gradients; null for gradients.</summary>
    [JsonIgnore]
    internal virtual LocalSgdOptions? Local => null;

    /// <summary>What an update takes where no phase says otherwise.</summary>
    [JsonIgnore]
    internal abstract BatchShape Batches { get; }

    /// <summary>Whether a run with these options goes on longer than one with others.</summary>
    internal bool Extends(TrainingOptions shorter) => Budget is TimeSpan time
        ? time > shorter.Budget
        : shorter.Budget is null && TrainSteps > shorter.TrainSteps;

    /// <summary>Lists where two pieces of JSON differ.</summary>
    /// <param name="path">Where they are, for the list.</param>
    /// <param name="now">The one.</param>
    /// <param name="then">The other.</param>
    /// <param name="differences">Is added to.</param>
    /// <param name="free">Paths, or with a dot in front last keys of paths, that may differ.</param>
    internal static void Compare(string path, JsonNode? now, JsonNode? then, List<string> differences, params string[] free)
    {
        if (now is JsonObject ours && then is JsonObject theirs)
        {
            foreach (string key in ours.Select(p => p.Key).Union(theirs.Select(p => p.Key)))
            {
                string name = path.Length == 0 ? key : $"{path}.{key}";
                if (!free.Contains(name) && !free.Contains($".{key}")) Compare(name, ours[key], theirs[key], differences, free);
            }
        }
        else if (now is JsonArray list && then is JsonArray other && list.Count == other.Count)
        {
            for (int i = 0; i < list.Count; i++) Compare($"{path}[{i}]", list[i], other[i], differences, free);
        }
        else if (!JsonNode.DeepEquals(now, then))
        {
            differences.Add($"{path} is {now?.ToJsonString() ?? "absent"} now, but was {then?.ToJsonString() ?? "absent"}");
        }
    }

    // Options with the same phases are equal, which two lists never are.
    private sealed record PhaseList(TrainingPhase[] Items)
    {
        public bool Equals(PhaseList? other) => other is not null && Items.SequenceEqual(other.Items);

        public override int GetHashCode() => Items.Aggregate(0, HashCode.Combine);
    }
}
