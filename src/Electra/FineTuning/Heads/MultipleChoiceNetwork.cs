using Electra.Checkpoints;
using Electra.Inference;
using Electra.Modeling;
using Electra.Native;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Gives each choice of an example a score. Examples may have different numbers of choices.</summary>
internal sealed class MultipleChoiceNetwork(ElectraForMultipleChoice model) : TaskNetwork(model)
{
    public override Tensor Outputs(TokenRows rows) =>
        model.forward(rows.InputIds.unsqueeze(1), rows.AttentionMask?.unsqueeze(1), rows.TokenTypeIds?.unsqueeze(1)); // (rows, 1)

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        int most = examples.Max(example => example.Sequences.Length), next = 0;
        var places = new long[examples.Count * most]; // of each example's choices among the rows
        var missing = new bool[places.Length];
        for (int i = 0; i < examples.Count; i++)
        {
            for (int choice = 0; choice < most; choice++)
            {
                bool isThere = choice < examples[i].Sequences.Length;
                places[(i * most) + choice] = isThere ? next++ : 0;
                missing[(i * most) + choice] = !isThere;
            }
        }

        Tensor logits = Outputs(rows).view(-1).index_select(0, tensor(places, device: model.Device)).view(examples.Count, most);
        if (missing.Contains(true)) logits = logits.masked_fill(tensor(missing, [examples.Count, most], device: model.Device), Scalars.Of(-1e9f));
        Tensor losses = nn.functional.cross_entropy(logits, Classes(examples), reduction: nn.Reduction.None);
        return (losses * Weights(examples), logits); // (examples), (examples, choices)
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer) => model.SavePretrained(folder, tokenizer);
}
