using Electra.Configuration;
using Electra.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The question answering head of the paper's code (finetune/qa/qa_tasks.py of github.com/google-research/electra): starts are scored by a linear map; ends
/// by a layer of 512 over a token and the start; and whether there is no answer by such a layer over [CLS] and the mean of tokens, each as probable as it
/// is a start. Answers lie in the second text, or at [CLS].
/// </summary>
internal sealed class JointAnswerHead : StationaryModule
{
    private const int Width = 512;
    private const double Excluded = -1000;

    [ComponentName(Name = "start")]
    private readonly Dense _start;

    [ComponentName(Name = "end_hidden")]
    private readonly Dense _endHidden; // of the start, then the token

    [ComponentName(Name = "end")]
    private readonly Dense _end;

    [ComponentName(Name = "answerable_hidden")]
    private readonly Dense _answerableHidden; // of [CLS], then the mean

    [ComponentName(Name = "answerable")]
    private readonly Dense _answerable;

    public JointAnswerHead(ElectraConfig config, Initializer initializer)
        : base(nameof(JointAnswerHead))
    {
        _start = Dense.Glorot(initializer, config.HiddenSize, 1);
        _endHidden = Dense.Glorot(initializer, 2 * config.HiddenSize, Width);
        _end = Dense.Glorot(initializer, Width, 1);
        _answerableHidden = Dense.Glorot(initializer, 2 * config.HiddenSize, Width);
        _answerable = Dense.Glorot(initializer, Width, 1);
        RegisterComponents();
    }

    /// <summary>What is added to the scores of tokens that no answer begins or ends at. float32 (batch, seq)</summary>
    public static Tensor Exclusion(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds)
    {
        Tensor inside = tokenTypeIds is null ? zeros_like(inputIds) : attentionMask is null ? tokenTypeIds : tokenTypeIds * attentionMask;
        Tensor allowed = inside.ne(Scalars.Of(0));
        allowed.select(1, 0).fill_(Scalars.Of(true));
        return (~allowed).to(ScalarType.Float32).mul_(Scalars.Of(Excluded));
    }

    /// <summary>Scores of each token as the start. float32 (batch, seq)</summary>
    public Tensor Starts(Tensor hidden, Tensor exclusion) => Casting.Cast(_start.forward(hidden).squeeze(-1), ScalarType.Float32).add(exclusion, Scalars.One);

    /// <summary>Scores of each token as the end, given starts.</summary>
    /// <param name="hidden">(batch, seq, hidden)</param>
    /// <param name="starts">int64 (batch, starts)</param>
    /// <param name="exclusion">(batch, seq)</param>
    /// <returns>float32 (batch, starts, seq)</returns>
    public Tensor Ends(Tensor hidden, Tensor starts, Tensor exclusion)
    {
        long size = hidden.shape[2];
        Tensor first = hidden.gather(1, starts.unsqueeze(-1).expand(-1, -1, size)); // (batch, starts, hidden)
        // The layer over both at once, without laying them side by side for every start and token.
        Tensor weight = Casting.Cast(_endHidden.Weight, hidden.dtype), bias = Casting.Cast(_endHidden.Bias, hidden.dtype);
        Tensor ofStart = nn.functional.linear(first, weight.narrow(1, 0, size), bias).unsqueeze(2); // (batch, starts, 1, 512)
        Tensor ofToken = nn.functional.linear(hidden, weight.narrow(1, size, size)).unsqueeze(1); // (batch, 1, seq, 512)
        Tensor scores = _end.forward(Activations.Gelu(ofStart.add(ofToken, Scalars.One))).squeeze(-1); // (batch, starts, seq)
        return Casting.Cast(scores, ScalarType.Float32).add(exclusion.unsqueeze(1), Scalars.One);
    }

    /// <summary>Scores of there being no answer: logits. float32 (batch)</summary>
    public Tensor NoAnswer(Tensor hidden, Tensor starts)
    {
        Tensor shares = Casting.Cast(nn.functional.softmax(starts, -1), hidden.dtype).unsqueeze(1); // (batch, 1, seq)
        Tensor both = cat([hidden.select(1, 0), shares.matmul(hidden).squeeze(1)], 1); // (batch, 2 hidden)
        return Casting.Cast(_answerable.forward(Activations.Gelu(_answerableHidden.forward(both))).squeeze(-1), ScalarType.Float32);
    }
}
