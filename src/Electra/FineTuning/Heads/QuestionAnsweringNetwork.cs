using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using Electra.Native;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Finds answers in windows. An example's classes are where its answer starts and ends, and 1 where the question has none.</summary>
internal sealed class QuestionAnsweringNetwork(ElectraForQuestionAnswering model, AnswerOptions answers, bool hasImpossible) : TaskNetwork(model)
{
    public override Tensor Outputs(TokenRows rows) => SpanOutputs.Of(model, rows, answers);

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        Tensor starts = Classes(examples, 0), ends = Classes(examples, 1);
        if (model.Config.HeadStyle == HeadStyle.Google)
        {
            Tensor? impossible = hasImpossible ? Classes(examples, 2).to(ScalarType.Float32) : null;
            return (model.JointLosses(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds, starts, ends, impossible), null);
        }

        (Tensor startLogits, Tensor endLogits) = model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds);
        Tensor Loss(Tensor logits, Tensor positions) => nn.functional.cross_entropy(logits, positions, reduction: nn.Reduction.None);
        return (Loss(startLogits, starts).add(Loss(endLogits, ends), Scalars.One).div(Scalars.Of(2)), null);
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer) => model.SavePretrained(folder, tokenizer);
}
