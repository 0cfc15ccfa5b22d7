namespace Electra.Training;

/// <summary>
/// The rows of an update that one rank computes. The update's rows are cut into parts as for a single process, and each rank takes some parts that follow
/// each other: so the parts, their dropout and their sum are those of a single process. Where there are fewer parts than ranks, parts are smaller.
/// </summary>
/// <param name="FirstRow">The first of its rows.</param>
/// <param name="Rows">How many; one at least.</param>
/// <param name="RowsOfPart">Rows of a part; the last part of an update may have fewer.</param>
/// <param name="FirstPart">The first of its parts among those of the update.</param>
internal readonly record struct RankShare(int FirstRow, int Rows, int RowsOfPart, int FirstPart)
{
    /// <summary>How many parts.</summary>
    public int Parts => (Rows + RowsOfPart - 1) / RowsOfPart;

    /// <summary>The share of a rank.</summary>
    /// <param name="plan">What the update takes.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="size">All ranks, at most as many as rows.</param>
    public static RankShare Of(StepPlan plan, int rank, int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, plan.BatchSize);
        int rows = plan.MicroBatches >= size ? plan.MicroBatchSize : plan.BatchSize / size;
        long parts = (plan.BatchSize + rows - 1) / rows;
        int first = (int)(parts * rank / size), end = (int)(parts * (rank + 1) / size);
        int firstRow = first * rows;
        return new RankShare(firstRow, Math.Min(end * rows, plan.BatchSize) - firstRow, rows, first);
    }

    /// <summary>Makes sure that every update of a run has a row for each rank.</summary>
    /// <exception cref="ArgumentException">One has not; says which batch.</exception>
    public static void RequireEnough(TrainingOptions options, int size)
    {
        int smallest = Math.Min(RunPhase.Of(options).Min(phase => phase.BatchSize), options.BatchRamp?.InitialBatchSize ?? int.MaxValue);
        if (smallest < size) throw new ArgumentException($"A batch of {smallest} can't be shared by {size} ranks: start fewer, or enlarge the batch.", nameof(options));
    }

    /// <summary>The rows of one of its parts.</summary>
    /// <param name="part">From 0.</param>
    /// <returns>The first, from 0 among those of the share, and how many.</returns>
    public (int First, int Count) Part(int part) => (part * RowsOfPart, Math.Min(RowsOfPart, Rows - (part * RowsOfPart)));
}
