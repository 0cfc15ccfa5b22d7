using Electra.Configuration;
using Electra.Native;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The encoder and a head that scores each token as the start and as the end of the answer; in <see cref="HeadStyle.Google"/>, as the end of an answer
/// that starts at a given token, and the question as one without an answer.
/// </summary>
public sealed class ElectraForQuestionAnswering : ElectraHeadModel, IElectraModule<ElectraForQuestionAnswering>
{
    // Of the loss of "there is no answer" beside the mean of start and end; as in the paper's code.
    private const double AnswerableWeight = 0.5;

    [ComponentName(Name = "qa_outputs")]
    private readonly Dense? _outputs;

    [ComponentName(Name = "qa_joint")]
    private readonly JointAnswerHead? _joint;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    /// <exception cref="ArgumentException">The config is bad, or has another number of labels than 2 (start and end).</exception>
    public ElectraForQuestionAnswering(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForQuestionAnswering), RequireTwoLabels(config), device, seed, sharedEmbeddings: null, out Initializer initializer)
    {
        using (initializer)
        {
            if (config.HeadStyle == HeadStyle.Google) _joint = new JointAnswerHead(config, initializer);
            else _outputs = Dense.Glorot(initializer, config.HiddenSize, 2);
        }

        RegisterComponents();
    }

    /// <summary>Scores each token; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits, each (batch, seq)</returns>
    /// <exception cref="InvalidOperationException">The head's style is <see cref="HeadStyle.Google"/>: ends hang on starts.</exception>
    public (Tensor StartLogits, Tensor EndLogits) forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null)
    {
        if (_joint is not null) throw new InvalidOperationException($"With {nameof(HeadStyle)}.{nameof(HeadStyle.Google)} the scores of ends hang on the start.");
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds); // (batch, seq, 2)
        return (logits.select(-1, 0).contiguous().MoveToOuterDisposeScope(), logits.select(-1, 1).contiguous().MoveToOuterDisposeScope());
    }

    /// <summary>Of <see cref="HeadStyle.Google"/>: the best starts, with ends for each.</summary>
    /// <param name="inputIds">int64 (batch, seq)</param>
    /// <param name="attentionMask">(batch, seq); null without padding</param>
    /// <param name="tokenTypeIds">int64 (batch, seq), 1 where answers are</param>
    /// <param name="width">How many starts, at most the length.</param>
    internal SpanBeam Beam(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, int width)
    {
        Tensor hidden = Electra.forward(inputIds, attentionMask, tokenTypeIds); // (batch, seq, hidden)
        Tensor exclusion = JointAnswerHead.Exclusion(inputIds, attentionMask, tokenTypeIds), starts = _joint!.Starts(hidden, exclusion);
        (Tensor scores, Tensor best) = nn.functional.log_softmax(starts, -1).topk((int)Math.Min(width, inputIds.shape[1]), -1);
        Tensor ends = nn.functional.log_softmax(_joint.Ends(hidden, best, exclusion), -1);
        return new SpanBeam(best, scores, ends, _joint.NoAnswer(hidden, starts));
    }

    /// <summary>Of <see cref="HeadStyle.Google"/>: the loss of each example, its end being scored given the right start.</summary>
    /// <param name="inputIds">int64 (batch, seq)</param>
    /// <param name="attentionMask">(batch, seq); null without padding</param>
    /// <param name="tokenTypeIds">int64 (batch, seq), 1 where answers are</param>
    /// <param name="starts">int64 (batch), 0 where there is no answer</param>
    /// <param name="ends">int64 (batch)</param>
    /// <param name="isImpossible">float32 (batch), 1 where there is no answer; null when all questions have one</param>
    /// <returns>float32 (batch)</returns>
    internal Tensor JointLosses(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor starts, Tensor ends, Tensor? isImpossible)
    {
        Tensor hidden = Electra.forward(inputIds, attentionMask, tokenTypeIds); // (batch, seq, hidden)
        Tensor exclusion = JointAnswerHead.Exclusion(inputIds, attentionMask, tokenTypeIds), startLogits = _joint!.Starts(hidden, exclusion);
        Tensor endLogits = _joint.Ends(hidden, starts.unsqueeze(1), exclusion).squeeze(1);
        Tensor Loss(Tensor logits, Tensor positions) => nn.functional.cross_entropy(logits, positions, reduction: nn.Reduction.None);
        Tensor losses = Loss(startLogits, starts).add(Loss(endLogits, ends), Scalars.One).div(Scalars.Of(2));
        if (isImpossible is null) return losses;
        Tensor none = nn.functional.binary_cross_entropy_with_logits(_joint.NoAnswer(hidden, startLogits), isImpossible, reduction: nn.Reduction.None);
        return losses.add(none, Scalars.Of(AnswerableWeight));
    }

    private protected override Tensor Head(Tensor hidden) => _outputs!.forward(hidden); // (batch, seq, 2)

    private static ElectraConfig RequireTwoLabels(ElectraConfig config) => config.Validate().NumLabels == 2
        ? config
        : throw new ArgumentException(
            $"Question answering has 2 labels, start and end, not {config.NumLabels}; leave id2label out.", nameof(config));

    static ElectraForQuestionAnswering IElectraModule<ElectraForQuestionAnswering>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}
