namespace Electra.Pretraining;

/// <summary>
/// How good the networks are on held-out text, each figure with what a model that knows nothing of language gets by the same count; [CLS],
/// [SEP] and padding are in none of them.
/// </summary>
/// <param name="Examples">Examples read.</param>
/// <param name="Tokens">Tokens of text in them.</param>
/// <param name="Objective">The figures: a <see cref="MaskedLMEvaluationReport"/> or an <see cref="ElectraEvaluationReport"/>.</param>
public sealed record EvaluationReport(long Examples, long Tokens, ObjectiveReport Objective)
{
    /// <summary>As in <see cref="MaskedLMEvaluationReport"/>, which every objective of this library has.</summary>
    public MaskedLMMetrics MaskedLM => MaskedLMFigures.MaskedLM;

    /// <summary>As in <see cref="MaskedLMEvaluationReport"/>.</summary>
    public MaskedLMScore WordFrequencies => MaskedLMFigures.WordFrequencies;

    /// <summary>As in <see cref="MaskedLMEvaluationReport"/>.</summary>
    public double TrainedMaskedLMLoss => MaskedLMFigures.TrainedMaskedLMLoss;

    /// <summary>The discriminator's figures; null where there is none.</summary>
    public ElectraEvaluationReport? Detection => Objective as ElectraEvaluationReport;

    /// <summary>The same text with the average of the weights; null where none is kept (<see cref="PretrainingOptions.AverageDecay"/>).</summary>
    public EvaluationReport? Averaged { get; init; }

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>; those of the average with <c>averaged_</c> before them.</summary>
    public IEnumerable<(string Name, double Value)> Figures() =>
        [("examples", Examples), .. Objective.Figures(), .. Averaged?.Objective.Figures().Select(figure => ($"averaged_{figure.Name}", figure.Value)) ?? []];

    private MaskedLMEvaluationReport MaskedLMFigures => (MaskedLMEvaluationReport)Objective;
}
