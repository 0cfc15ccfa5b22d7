using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The loss of each head, as a pure function of float32 logits and labels: a float32 scalar, or, for whoever divides by counts of his own, a loss of
/// each place.
/// </summary>
public static class ElectraLosses
{
    /// <summary>Labels of this value take no part in <see cref="MaskedLM"/> and <see cref="TokenClassification"/>.</summary>
    public const long IgnoredLabel = -100;

    /// <summary>Mean cross-entropy over the positions with a label.</summary>
    /// <param name="logits">(batch, seq, vocab)</param>
    /// <param name="labels">int64 (batch, seq), <see cref="IgnoredLabel"/> where nothing is predicted.</param>
    public static Tensor MaskedLM(Tensor logits, Tensor labels) => CrossEntropy(logits, labels);

    /// <summary>Mean binary cross-entropy over the tokens that are attended to; labels elsewhere are ignored.</summary>
    /// <param name="logits">(batch, seq), above 0 = replaced</param>
    /// <param name="labels">(batch, seq), 1 = replaced</param>
    /// <param name="attentionMask">(batch, seq), 1 = attended to; null for all</param>
    public static Tensor ReplacedTokenDetection(Tensor logits, Tensor labels, Tensor? attentionMask = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor targets = labels.to(logits.dtype);
        if (attentionMask is null) return nn.functional.binary_cross_entropy_with_logits(logits, targets).MoveToOuterDisposeScope();
        Tensor attended = attentionMask.eq(Scalars.Of(1)).to(logits.dtype); // (batch, seq)
        Tensor losses = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None);
        return ((losses * attended).sum() / attended.sum()).MoveToOuterDisposeScope();
    }

    /// <summary>Mean squared error over all labels.</summary>
    /// <param name="logits">(batch, labels)</param>
    /// <param name="labels">(batch, labels), or (batch) for one label</param>
    public static Tensor Regression(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.mse_loss(logits, labels.to(logits.dtype).view(logits.shape)).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy over sequences.</summary>
    /// <param name="logits">(batch, labels)</param>
    /// <param name="labels">int64 (batch)</param>
    public static Tensor SingleLabelClassification(Tensor logits, Tensor labels) => CrossEntropy(logits, labels);

    /// <summary>Mean binary cross-entropy over all labels of all sequences.</summary>
    /// <param name="logits">(batch, labels)</param>
    /// <param name="labels">(batch, labels), each 0 or 1</param>
    public static Tensor MultiLabelClassification(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy over the tokens with a label.</summary>
    /// <param name="logits">(batch, seq, labels)</param>
    /// <param name="labels">int64 (batch, seq), <see cref="IgnoredLabel"/> for tokens without one</param>
    public static Tensor TokenClassification(Tensor logits, Tensor labels) => CrossEntropy(logits, labels);

    /// <summary>
    /// Mean of the cross-entropies of start and end. Positions are clamped to [0, seq], and seq, the first position behind the text, is
    /// ignored: so is an answer that truncation cut off.
    /// </summary>
    /// <param name="startLogits">(batch, seq)</param>
    /// <param name="endLogits">(batch, seq)</param>
    /// <param name="startPositions">int64 (batch)</param>
    /// <param name="endPositions">int64 (batch)</param>
    public static Tensor QuestionAnswering(Tensor startLogits, Tensor endLogits, Tensor startPositions, Tensor endPositions)
    {
        using DisposeScope scope = NewDisposeScope();
        long length = startLogits.shape[1];
        Tensor Loss(Tensor logits, Tensor positions) =>
            nn.functional.cross_entropy(logits, positions.clamp(Scalars.Of(0), Scalars.Of(length)), ignore_index: length);
        return Loss(startLogits, startPositions).add(Loss(endLogits, endPositions), Scalars.One).div(Scalars.Of(2)).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy over questions.</summary>
    /// <param name="logits">(batch, choices)</param>
    /// <param name="labels">int64 (batch)</param>
    public static Tensor MultipleChoice(Tensor logits, Tensor labels) => CrossEntropy(logits, labels);

    /// <summary>The negative log-likelihood of each masked token; 0 at unused slots.</summary>
    /// <param name="logProbabilities">(batch, slots, vocabulary)</param>
    /// <param name="originalIds">int64 (batch, slots)</param>
    /// <param name="weights">1 for slots in use, 0 for others. (batch, slots)</param>
    /// <returns>(batch, slots)</returns>
    internal static Tensor OfEachSlot(Tensor logProbabilities, Tensor originalIds, Tensor weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor likelihood = logProbabilities.gather(-1, originalIds.unsqueeze(-1)).squeeze(-1); // (batch, slots)
        return (likelihood * weights).neg().MoveToOuterDisposeScope();
    }

    /// <summary>The binary cross-entropy of each token; 0 at padding.</summary>
    /// <param name="logits">(batch, seq), above 0 = replaced</param>
    /// <param name="isReplaced">bool (batch, seq)</param>
    /// <param name="attentionMask">(batch, seq), 0 at padding; null without padding</param>
    /// <returns>(batch, seq)</returns>
    internal static Tensor OfEachToken(Tensor logits, Tensor isReplaced, Tensor? attentionMask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? weights = attentionMask?.to(ScalarType.Float32);
        return nn.functional.binary_cross_entropy_with_logits(
            logits, isReplaced.to(ScalarType.Float32), weights, nn.Reduction.None).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The negative log-likelihood of each word under a mixture of copying what is read, with the probability sigmoid(<paramref name="gate"/>), and of a
    /// language model (Clark et al. 2020, section 3.4; Meng et al. 2021, equation 3).
    /// </summary>
    /// <param name="gate">Above 0 = copy. (...)</param>
    /// <param name="logLikelihoods">Of the original words by the language model. (...)</param>
    /// <param name="isReplaced">Whether what is read is not the original. bool (...)</param>
    /// <returns>(...)</returns>
    internal static Tensor OfMixture(Tensor gate, Tensor logLikelihoods, Tensor isReplaced)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor predicted = nn.functional.logsigmoid(gate.neg()).add(logLikelihoods, Scalars.One);
        return where(isReplaced, predicted, logaddexp(nn.functional.logsigmoid(gate), predicted)).neg().MoveToOuterDisposeScope();
    }

    private static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.cross_entropy(logits.reshape(-1, logits.shape[^1]), labels.reshape(-1), ignore_index: IgnoredLabel)
            .MoveToOuterDisposeScope();
    }
}
