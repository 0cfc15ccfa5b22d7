using Electra.Checkpoints;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>A classifier of texts: one class, several labels at once, or a number.</summary>
internal sealed class SequenceClassificationNetwork(ElectraForSequenceClassification model, double labelSmoothing) : TaskNetwork(model)
{
    public override Tensor Outputs(TokenRows rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds); // (rows, labels)

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        Tensor logits = Outputs(rows);
        if (model.Config.ProblemType == "single_label_classification")
        {
            Tensor losses = nn.functional.cross_entropy(
                logits, Classes(examples), reduction: nn.Reduction.None, label_smoothing: labelSmoothing);
            return (losses.mul(Weights(examples)), logits);
        }

        int labels = (int)logits.shape[1];
        Tensor values = tensor(examples.SelectMany(example => example.Values).ToArray(), [examples.Count, labels], device: model.Device);
        Tensor each = model.Config.ProblemType == "regression"
            ? nn.functional.mse_loss(logits, values, nn.Reduction.None)
            : nn.functional.binary_cross_entropy_with_logits(logits, values, reduction: nn.Reduction.None);
        return (each.mean([1]), null);
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer) => model.SavePretrained(folder, tokenizer);
}
