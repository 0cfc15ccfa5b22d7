namespace Electra.Pretraining;

/// <summary>How good a masked language model is on held-out text.</summary>
/// <param name="TrainedMaskedLMLoss">The loss that is trained: over all chosen places, those where the word was kept included.</param>
/// <param name="MaskedLM">Loss and accuracy, by what the network reads.</param>
/// <param name="WordFrequencies">
/// What the training text's word counts alone reach where the network reads [MASK]: their cross-entropy, and the share of the most frequent word.
/// </param>
public record MaskedLMEvaluationReport(double TrainedMaskedLMLoss, MaskedLMMetrics MaskedLM, MaskedLMScore WordFrequencies) : ObjectiveReport
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
    [
        .. MaskedLM.Figures(), ("unigram_loss", WordFrequencies.Loss), ("most_frequent_word_accuracy", WordFrequencies.Accuracy),
        ("trained_masked_lm_loss", TrainedMaskedLMLoss),
    ];
}
