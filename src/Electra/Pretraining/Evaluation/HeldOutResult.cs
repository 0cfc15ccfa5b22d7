namespace Electra.Pretraining.Evaluation;

/// <summary>How a pre-training model does on text that it was not trained on. The last three are null for a plain masked LM.</summary>
/// <param name="Tokens">Tokens read, without padding and special tokens.</param>
/// <param name="MaskedLMLoss">Mean loss of the masked tokens, in nats.</param>
/// <param name="MaskedLMAccuracy">Share of the masked tokens whose most likely prediction is right.</param>
/// <param name="ReplacedTokenLoss">Mean loss of replaced token detection, in nats a token.</param>
/// <param name="ReplacedTokens">Replaced token detection against the generator's own replacements.</param>
/// <param name="TokenIdentityAreaUnderCurve">What knowing only the token would reach (<see cref="TokenIdentityBaseline"/>).</param>
public sealed record HeldOutResult(
    long Tokens,
    double MaskedLMLoss,
    double MaskedLMAccuracy,
    double? ReplacedTokenLoss = null,
    BinaryClassificationMetrics? ReplacedTokens = null,
    double? TokenIdentityAreaUnderCurve = null);
