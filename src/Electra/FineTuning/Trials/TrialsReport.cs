namespace Electra.FineTuning;

/// <summary>What several runs of one fine-tuning came to.</summary>
/// <param name="IsComplete">Whether all runs were made; false when it was cancelled.</param>
/// <param name="Runs">From the encoder, in the order of the seeds.</param>
/// <param name="RandomWeights">From random weights.</param>
/// <param name="Retried">Runs that learned nothing, in whose place another seed was tried.</param>
public sealed record TrialsReport(
    bool IsComplete, IReadOnlyList<TrialResult> Runs, IReadOnlyList<TrialResult> RandomWeights, IReadOnlyList<TrialResult> Retried)
{
    /// <summary>The run with the best score; null when none was finished.</summary>
    public TrialResult? Best => Runs.OrderByDescending(run => run.Evaluation.Score).FirstOrDefault();

    /// <summary>Runs that learned nothing.</summary>
    public IReadOnlyList<TrialResult> Degenerate => [.. Runs.Where(run => run.Verdict != FineTuningVerdict.Learned)];

    /// <summary>Each score over the runs from the encoder.</summary>
    public IReadOnlyDictionary<string, MetricSummary> Summary => Of(Runs);

    /// <summary>The same over the runs from random weights.</summary>
    public IReadOnlyDictionary<string, MetricSummary> RandomWeightSummary => Of(RandomWeights);

    /// <summary>What to try where runs learned nothing, in a sentence or two; null when all learned.</summary>
    public string? Advice
    {
        get
        {
            if (Degenerate.Count == 0) return null;
            string what = $"{Degenerate.Count} of {Runs.Count} run(s) learned nothing (seed {string.Join(", ", Degenerate.Select(run => run.Seed))}). ";
            return what + (Degenerate.All(run => run.Verdict == FineTuningVerdict.NoBetterThanRandomWeights)
                ? "They are no better than the same network from random weights: the encoder's pre-training brings nothing to this task. Try a better encoder, or more "
                    + "examples."
                : "Try another learning rate (a third, or three times of it), more epochs, no layer-wise decay (1.0), or the top layer or two from fresh weights; "
                    + "a small set of examples also needs more seeds.");
        }
    }

    private static Dictionary<string, MetricSummary> Of(IReadOnlyList<TrialResult> runs) => runs.Count == 0
        ? []
        : runs[0].Evaluation.Figures().Select(figure => figure.Name).ToDictionary(
            name => name, name => MetricSummary.Of([.. runs.Select(run => run.Evaluation.Figures().First(figure => figure.Name == name).Value)]));
}
