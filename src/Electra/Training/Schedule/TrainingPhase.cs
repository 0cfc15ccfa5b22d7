namespace Electra.Training;

/// <summary>A part of a run with a sequence length of its own, for example 90 % of it at length 128 before the rest at 512.</summary>
public sealed record TrainingPhase
{
    /// <summary>The share of the run: of its updates, or of its time when it has a <see cref="TrainingOptions.Budget"/>.</summary>
    /// <value>Above 0 and at most 1; those of all phases sum to 1.</value>
    public required double Share { get; init; }

    /// <summary>The positions of an example, [CLS] and [SEP] included.</summary>
    /// <value>At least 5 and at most the model's position table.</value>
    public required int SequenceLength { get; init; }

    /// <summary>The examples of one update.</summary>
    /// <value>Default null: that of the data's options.</value>
    public int? BatchSize { get; init; }

    /// <summary>The examples of one forward pass; divides the batch.</summary>
    /// <value>Default null: that of the data's options, and the whole batch where there is none either.</value>
    public int? MicroBatchSize { get; init; }
}
