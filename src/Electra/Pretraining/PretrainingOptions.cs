using Electra.Data;
using Electra.Optimization;
using Electra.Training;

namespace Electra.Pretraining;

/// <summary>
/// How a pre-training run goes. The defaults are the paper's recipe for ELECTRA-Small; <see cref="Recipe"/> has the others. Saved with
/// every checkpoint, and compared when a run resumes.
/// </summary>
public sealed partial record PretrainingOptions : TrainingOptions
{
    /// <summary>How the networks are put together and what their losses weigh.</summary>
    public PretrainingModelOptions Model { get; init; } = new();

    /// <summary>How tokens are masked.</summary>
    public MaskingOptions Masking { get; init; } = new();

    /// <summary>How shards become batches.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>
    /// The width that the learning rate is meant for: in a network of width w, the matrices between hidden layers are trained at the rate times this / w,
    /// so that one rate serves narrow and wide networks, generator and discriminator alike (<see cref="ParameterGroups.WithRateByWidth"/>). Positive.
    /// </summary>
    /// <value>null: one rate for all, as in the paper.</value>
    public int? RateWidth { get; init; }

    /// <summary>
    /// Muon for the matrices between hidden layers, which AdamW trains otherwise; not with <see cref="AdamWFlavor.Google"/>. An update costs some 60 products of each matrix with
    /// one of its width, whatever the batch: little beside large batches, much beside small ones.
    /// </summary>
    /// <value>null: AdamW for all.</value>
    public MuonOptions? Muon { get; init; }

    /// <summary>
    /// Ranks that average their weights every so many updates, in place of their gradients in each: for slow networks. What is learned then depends on the number of ranks.
    /// </summary>
    /// <value>null: gradients are added up in each update.</value>
    public LocalSgdOptions? LocalSgd { get; init; }

    /// <summary>
    /// Decay of an exponential average of all weights, from 0 to below 1: after update t, from 0, the average is <c>d</c> times what it was and <c>1 - d</c> times the weights,
    /// <c>d = min(AverageDecay, (1 + t) / (10 + t))</c>. Held-out text is evaluated with both, and <see cref="PretrainingTrainer.UseAverage"/> puts it in the place of the weights. Not with
    /// <see cref="LocalSgd"/>.
    /// </summary>
    /// <value>0: no average is kept.</value>
    public double AverageDecay { get; init; }

    /// <summary>Held-out examples an evaluation reads at most; positive.</summary>
    /// <value>2,048.</value>
    public int EvaluationExamples { get; init; } = 2_048;

    /// <summary>Updates a sign of a dead run must last before an alarm is raised; positive.</summary>
    /// <value>5,000.</value>
    public long AlarmPatience { get; init; } = 5_000;

    /// <summary>
    /// The same run as a plain masked LM: BERT's 80/10/10 corruption, no generator, no discriminator
    /// (<see cref="PretrainingObjective.MaskedLM"/>).
    /// </summary>
    public PretrainingOptions AsMaskedLM() => this with
    {
        Model = Model with { Objective = PretrainingObjective.MaskedLM },
        Masking = Masking with { MaskTokenFraction = MaskingOptions.Bert.MaskTokenFraction, RandomTokenFraction = MaskingOptions.Bert.RandomTokenFraction },
    };

    internal override MuonOptions? Matrices => Muon;

    internal override LocalSgdOptions? Local => LocalSgd;

    internal override BatchShape Batches => new(Data.SequenceLength, Data.BatchSize, Data.MicroBatchSize);
}
