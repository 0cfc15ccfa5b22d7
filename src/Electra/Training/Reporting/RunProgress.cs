namespace Electra.Training;

/// <summary>What a loop knows of a run at a report.</summary>
/// <param name="Step">Updates made.</param>
/// <param name="TrainSteps">Updates of the whole run; with a budget an estimate.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Plan">Of the last update.</param>
/// <param name="Updates">Updates since the last report.</param>
/// <param name="GradientNorm">Their mean, before clipping.</param>
/// <param name="TokensSeen">Tokens trained on since step 0, without padding.</param>
/// <param name="TokensPerSecond">The recent rate, without evaluation and saving.</param>
/// <param name="Elapsed">Training time of this process, without evaluation and saving.</param>
/// <param name="Remaining">Training time to the end; null before it can be known.</param>
internal sealed record RunProgress(
    long Step,
    long TrainSteps,
    double Progress,
    StepPlan Plan,
    double Updates,
    double GradientNorm,
    long TokensSeen,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining);
