using Electra.Checkpoints;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>A tagger of words: the first piece of each is labelled. The loss of a sentence is the sum over its words.</summary>
internal sealed class TokenClassificationNetwork(ElectraForTokenClassification model) : TaskNetwork(model)
{
    public override Tensor Outputs(TokenRows rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds); // (rows, seq, labels)

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        int length = (int)rows.InputIds.shape[1];
        long[] labels = new long[examples.Count * length];
        labels.AsSpan().Fill(ElectraLosses.IgnoredLabel);
        for (int i = 0; i < examples.Count; i++) examples[i].Classes.CopyTo(labels, i * length);
        Tensor logits = Outputs(rows);
        Tensor losses = nn.functional.cross_entropy(
            logits.view(-1, logits.shape[2]), tensor(labels, device: model.Device), ignore_index: ElectraLosses.IgnoredLabel, reduction: nn.Reduction.None);
        return (losses.view(examples.Count, length).sum(1), null);
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer) => model.SavePretrained(folder, tokenizer);
}
