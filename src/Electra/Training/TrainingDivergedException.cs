namespace Electra.Training;

/// <summary>
/// Losses or gradients became NaN or infinite, of so many updates in a row (<see cref="TrainingOptions.MaxSkippedSteps"/>) that the run ends. Those updates were
/// left out; what had the weights come to this is not.
/// </summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Made by the trainer.</summary>
    /// <param name="step">Updates made when it was noticed.</param>
    /// <param name="lastGoodCheckpoint">The newest checkpoint; null when there is none.</param>
    /// <param name="rollbacks">How often the run had gone back before.</param>
    public TrainingDivergedException(long step, string? lastGoodCheckpoint, int rollbacks = 0)
        : base($"Losses or gradients became NaN or infinite by step {step}, and went on so"
            + (rollbacks == 0 ? ". " : $", after {rollbacks} rollback(s). ")
            + (lastGoodCheckpoint is null
                ? "There is no checkpoint to go back to: start anew"
                : $"The last good checkpoint is '{lastGoodCheckpoint}': go on with {nameof(TrainingOptions.MaxRollbacks)} {rollbacks + 1} or more, or start a new run from its weights")
            + " with a smaller learning rate, a longer warm-up or float32.")
    {
        Step = step;
        LastGoodCheckpoint = lastGoodCheckpoint;
    }

    /// <summary>Updates made when it was noticed.</summary>
    public long Step { get; }

    /// <summary>The folder of the newest checkpoint, whose weights are finite; null when there is none.</summary>
    public string? LastGoodCheckpoint { get; }
}
