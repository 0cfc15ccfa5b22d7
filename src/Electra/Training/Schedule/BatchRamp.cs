namespace Electra.Training;

/// <summary>
/// A run that begins with small batches: they grow along a straight line, in whole micro-batches, to the full batch. Each update is an
/// exact one of its size; the learning rate knows nothing of the ramp.
/// </summary>
public sealed record BatchRamp
{
    /// <summary>The examples of the first update.</summary>
    /// <value>A multiple of the micro-batch, at most the batch; both must be given for every phase that begins within the ramp.</value>
    public required int InitialBatchSize { get; init; }

    /// <summary>The share of the run (of its updates, or of its time) after which batches are full.</summary>
    /// <value>Above 0 and at most 1.</value>
    public required double Share { get; init; }
}
