using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The two losses as pure functions of what the networks say, token by token.</summary>
internal static class PretrainingLosses
{
    /// <summary>The negative log-likelihood of each masked token; 0 at unused slots.</summary>
    /// <param name="logProbabilities">(batch, slots, vocabulary) float32</param>
    /// <param name="batch">Which tokens were masked.</param>
    /// <returns>(batch, slots) float32</returns>
    public static Tensor MaskedLM(Tensor logProbabilities, MaskedBatch batch)
    {
        using var scope = NewDisposeScope();
        Tensor likelihood = logProbabilities.gather(-1, batch.MaskedOriginalIds.unsqueeze(-1)).squeeze(-1); // (batch, slots)
        return (likelihood * batch.MaskedWeights).neg().MoveToOuterDisposeScope();
    }

    /// <summary>The binary cross-entropy of each token; 0 at padding.</summary>
    /// <param name="logits">Above 0 = replaced. (batch, seq) float32</param>
    /// <param name="isReplaced">(batch, seq) bool</param>
    /// <param name="attentionMask">(batch, seq), 0 at padding; null without padding</param>
    /// <returns>(batch, seq) float32</returns>
    public static Tensor ReplacedTokenDetection(Tensor logits, Tensor isReplaced, Tensor? attentionMask)
    {
        using var scope = NewDisposeScope();
        Tensor? weights = attentionMask?.to(ScalarType.Float32);
        return nn.functional.binary_cross_entropy_with_logits(
            logits, isReplaced.to(ScalarType.Float32), weights, nn.Reduction.None).MoveToOuterDisposeScope();
    }
}
