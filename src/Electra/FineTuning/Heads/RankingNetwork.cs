using Electra.Checkpoints;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Gives a query with a passage one logit. Of the pairwise loss an example's first sequence has the relevant passage, and the others have others.
/// </summary>
internal sealed class RankingNetwork(ElectraForSequenceClassification model, RankingLoss loss) : TaskNetwork(model)
{
    public override Tensor Outputs(TokenRows rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds); // (rows, 1)

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        Tensor logits = Outputs(rows).view(-1);
        if (loss == RankingLoss.Pairwise) return (Pairwise(logits, examples), null);
        Tensor values = tensor(examples.Select(example => example.Values[0]).ToArray(), device: model.Device);
        return (nn.functional.binary_cross_entropy_with_logits(logits, values, reduction: nn.Reduction.None).mul(Weights(examples)), null);
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer) => model.SavePretrained(folder, tokenizer);

    private Tensor Pairwise(Tensor logits, IReadOnlyList<EncodedExample> examples)
    {
        int most = examples.Max(example => example.Sequences.Length) - 1, first = 0;
        var firsts = new long[examples.Count];
        var others = new long[examples.Count * most]; // where there are fewer the first, which counts nothing
        var shares = new float[others.Length];
        for (int i = 0; i < examples.Count; first += examples[i++].Sequences.Length)
        {
            int own = examples[i].Sequences.Length - 1;
            firsts[i] = first;
            for (int other = 0; other < most; other++)
                (others[(i * most) + other], shares[(i * most) + other]) = other < own ? (first + 1 + other, 1f / own) : (first, 0);
        }

        Tensor Take(long[] places, int width) => logits.index_select(0, tensor(places, device: model.Device)).view(examples.Count, width);
        Tensor ahead = Take(firsts, 1) - Take(others, most); // (examples, others)
        Tensor each = nn.functional.binary_cross_entropy_with_logits(ahead, ones_like(ahead), reduction: nn.Reduction.None); // log(1 + exp(-ahead))
        return each.mul(tensor(shares, [examples.Count, most], device: model.Device)).sum(1);
    }
}
