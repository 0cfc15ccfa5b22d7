namespace Electra.Training;

/// <summary>What can go wrong with the numbers of a run without ending it.</summary>
public enum TrainingEventKind
{
    /// <summary>Updates were left out, since their loss or gradient was NaN or infinite.</summary>
    SkippedSteps,

    /// <summary>The mean loss of a report is far above those before it.</summary>
    LossSpike,

    /// <summary>The run went back to a checkpoint.</summary>
    Rollback,
}
