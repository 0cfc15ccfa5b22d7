namespace Electra.Training;

/// <summary>A phase with everything filled in.</summary>
/// <param name="Start">The progress at which it begins.</param>
/// <param name="SequenceLength">Positions of an example.</param>
/// <param name="BatchSize">Examples of an update, once a ramp is over.</param>
/// <param name="MicroBatchSize">Examples of a forward pass.</param>
internal readonly record struct RunPhase(double Start, int SequenceLength, int BatchSize, int MicroBatchSize)
{
    /// <summary>The phases of a run in order; a run without phases is one.</summary>
    public static IReadOnlyList<RunPhase> Of(TrainingOptions options)
    {
        (int length, int usual, int? micro) = options.Batches;
        if (options.Phases.Count == 0) return [new RunPhase(0, length, usual, micro ?? usual)];
        var phases = new List<RunPhase>();
        double start = 0;
        foreach (TrainingPhase phase in options.Phases)
        {
            int batch = phase.BatchSize ?? usual;
            phases.Add(new RunPhase(start, phase.SequenceLength, batch, phase.MicroBatchSize ?? micro ?? batch));
            start += phase.Share;
        }

        return phases;
    }
}
