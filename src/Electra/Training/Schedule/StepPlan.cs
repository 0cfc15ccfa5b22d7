namespace Electra.Training;

/// <summary>What one update takes.</summary>
/// <param name="Phase">The phase it belongs to, from 0.</param>
/// <param name="SequenceLength">Positions of an example.</param>
/// <param name="BatchSize">Examples; whole micro-batches.</param>
/// <param name="MicroBatchSize">Examples of a forward pass.</param>
/// <param name="LearningRate">The optimizer's rate.</param>
internal readonly record struct StepPlan(int Phase, int SequenceLength, int BatchSize, int MicroBatchSize, double LearningRate)
{
    /// <summary>How far the run is before the update, from 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>Forward passes.</summary>
    public int MicroBatches => BatchSize / MicroBatchSize;

    /// <summary>Positions, padding included: what the update's time is taken to grow with.</summary>
    public long Positions => (long)BatchSize * SequenceLength;
}
