namespace Electra.Training;

/// <summary>A loss or gradient became NaN or infinite: the weights are lost, a run can only go on from a checkpoint.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Made by the trainer.</summary>
    public TrainingDivergedException(long step, string? lastGoodCheckpoint)
        : base($"A loss or gradient became NaN or infinite by step {step}. "
            + (lastGoodCheckpoint is null
                ? "There is no checkpoint yet: start anew"
                : $"The last good checkpoint is '{lastGoodCheckpoint}': start a new run from its weights")
            + " with a smaller learning rate, a longer warm-up or float32.")
    {
        Step = step;
        LastGoodCheckpoint = lastGoodCheckpoint;
    }

    /// <summary>Updates made when it was noticed.</summary>
    public long Step { get; }

    /// <summary>The folder of the newest checkpoint whose numbers are all finite; null when there is none.</summary>
    public string? LastGoodCheckpoint { get; }
}
