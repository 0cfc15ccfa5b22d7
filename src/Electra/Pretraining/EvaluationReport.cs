using Electra.Pretraining.Evaluation;

namespace Electra.Pretraining;

/// <summary>How good the networks are on held-out text. Figures of the discriminator are null for a plain masked LM.</summary>
/// <param name="Examples">Examples read.</param>
/// <param name="MaskedTokens">Tokens predicted.</param>
/// <param name="MaskedLMLoss">In nats a masked token.</param>
/// <param name="MaskedLMAccuracy">Share of masked tokens whose likeliest word is the right one.</param>
/// <param name="DiscriminatorLoss">In nats a token.</param>
/// <param name="Discriminator">Accuracy, precision, recall and exact area under the curve of replaced token detection.</param>
public sealed record EvaluationReport(
    long Examples,
    long MaskedTokens,
    double MaskedLMLoss,
    double MaskedLMAccuracy,
    double? DiscriminatorLoss,
    BinaryClassificationMetrics? Discriminator);
