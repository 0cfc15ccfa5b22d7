namespace Electra.Pretraining;

/// <summary>
/// How good the networks are on held-out text, each figure with what a model that knows nothing of language gets by the same count. Figures of
/// the discriminator are null for a plain masked LM; [CLS], [SEP] and padding are in none of them.
/// </summary>
/// <param name="Examples">Examples read.</param>
/// <param name="Tokens">Tokens of text in them.</param>
/// <param name="TrainedMaskedLMLoss">The loss that is trained: over all chosen places, those where the word was kept included.</param>
/// <param name="MaskedLM">Loss and accuracy, by what the network reads.</param>
/// <param name="WordFrequencies">
/// What the training text's word counts alone reach where the network reads [MASK]: their cross-entropy, and the share of the most frequent word.
/// </param>
/// <param name="DiscriminatorLoss">In nats a token.</param>
/// <param name="Discriminator">Accuracy, precision, recall and exact area under the curve of replaced token detection.</param>
/// <param name="TokenIdentityAreaUnderCurve">
/// The area under the curve that knowing only the token reaches, without any context: see <see cref="TokenIdentityBaseline"/>.
/// </param>
public sealed record EvaluationReport(
    long Examples,
    long Tokens,
    double TrainedMaskedLMLoss,
    MaskedLMMetrics MaskedLM,
    MaskedLMScore WordFrequencies,
    double? DiscriminatorLoss,
    BinaryClassificationMetrics? Discriminator,
    double? TokenIdentityAreaUnderCurve)
{
    /// <summary>The loss of a discriminator that gives every token the share of replaced ones as its probability, in nats a token.</summary>
    public double? ConstantDiscriminatorLoss => Discriminator is { PositiveRate: double p }
        ? p is 0 or 1 ? 0 : -((p * Math.Log(p)) + ((1 - p) * Math.Log(1 - p)))
        : null;

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        IEnumerable<(string, double)> figures =
        [
            ("examples", Examples), .. MaskedLM.Figures(), ("unigram_loss", WordFrequencies.Loss),
            ("most_frequent_word_accuracy", WordFrequencies.Accuracy), ("trained_masked_lm_loss", TrainedMaskedLMLoss),
        ];
        if (Discriminator is null) return figures;
        return
        [
            .. figures, ("discriminator_loss", DiscriminatorLoss!.Value), ("constant_discriminator_loss", ConstantDiscriminatorLoss!.Value),
            .. Discriminator.Figures(), ("token_identity_auc", TokenIdentityAreaUnderCurve!.Value),
        ];
    }
}
