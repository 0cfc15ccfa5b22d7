namespace Electra.Training;

/// <summary>Something that went wrong with the numbers of a run, which goes on.</summary>
/// <param name="Kind">What.</param>
/// <param name="Step">Updates made when it was noticed; of a rollback those of the checkpoint.</param>
/// <param name="Message">What happened, in a sentence.</param>
/// <param name="Figures">The figures by the names they have in <c>metrics.jsonl</c>.</param>
public sealed record TrainingEvent(TrainingEventKind Kind, long Step, string Message, IReadOnlyList<(string Name, double Value)> Figures)
{
    /// <summary>The kind as <c>metrics.jsonl</c> has it.</summary>
    internal string Name => Kind switch
    {
        TrainingEventKind.SkippedSteps => "skipped_steps",
        TrainingEventKind.LossSpike => "loss_spike",
        _ => "rollback",
    };

    internal static TrainingEvent OfSkippedSteps(long step, StepFigures figures) => new(
        TrainingEventKind.SkippedSteps, step,
        $"{figures.Skipped:N0} of the last {figures.Skipped + figures.Updates:N0} updates were left out, the last {figures.InARow:N0} in a row: their loss or gradient was NaN or infinite",
        [("skipped", figures.Skipped), ("in_a_row", figures.InARow), .. Measured(figures)]);

    internal static TrainingEvent OfLossSpike(long step, StepFigures figures, LossSpike spike) => new(
        TrainingEventKind.LossSpike, step,
        FormattableString.Invariant($"the loss is {figures.Loss:0.####}, where the reports before had {spike.Mean:0.####} with a deviation of {spike.Deviation:0.####}"),
        [.. Measured(figures), ("mean", spike.Mean), ("deviation", spike.Deviation)]);

    internal static TrainingEvent OfRollback(long step, long from, TrainingEventKind reason, Rollbacks rollbacks) => new(
        TrainingEventKind.Rollback, step,
        FormattableString.Invariant($"went back from step {from} ({(reason == TrainingEventKind.LossSpike ? "a loss spike" : "updates left out")}), rollback {rollbacks.Count}; ")
        + FormattableString.Invariant($"goes on behind the text that was read, at {rollbacks.RateScale:0.####} of the learning rate"),
        [("from_step", from), ("rollbacks", rollbacks.Count), ("learning_rate_scale", rollbacks.RateScale), ("batches_passed_over", rollbacks.BatchesPassedOver)]);

    private static (string, double)[] Measured(StepFigures figures) =>
        figures.Updates == 0 ? [] : [("loss", figures.Loss), ("gradient_norm", figures.GradientNorm)];
}
