namespace Electra.Pretraining;

/// <summary>What a masked language model tells while it trains: means over the steps since the report before.</summary>
/// <param name="TrainedMaskedLMLoss">In nats: over all chosen places, those where the word was kept included.</param>
/// <param name="MaskedLM">Loss and accuracy, by what the network reads.</param>
public record MaskedLMReport(double TrainedMaskedLMLoss, MaskedLMMetrics MaskedLM) : ObjectiveReport
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, double Value)> Figures() =>
        [.. MaskedLM.Figures(), ("trained_masked_lm_loss", TrainedMaskedLMLoss)];

    internal override double Loss => TrainedMaskedLMLoss;
}
