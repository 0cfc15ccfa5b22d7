namespace Electra.Training;

/// <summary>How a run goes on after a look at its numbers.</summary>
internal enum Verdict
{
    /// <summary>As usual.</summary>
    GoOn,

    /// <summary>The last updates were left out: it goes on, and saves nothing until one is made.</summary>
    Wait,

    /// <summary>From a checkpoint, since a loss jumped.</summary>
    GoBackForLossSpike,

    /// <summary>From a checkpoint, since too many updates in a row were left out.</summary>
    GoBackForSkippedSteps,

    /// <summary>Not at all.</summary>
    End,
}
