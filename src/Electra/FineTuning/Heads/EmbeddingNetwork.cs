using Electra.Inference;
using Electra.Modeling;
using Electra.Native;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>An encoder that makes vectors. An example's two sequences are those whose cosine counts.</summary>
internal sealed class EmbeddingNetwork(HeadlessElectra model, EmbeddingTask task, EmbeddingOptions embedding, int maxLength) : TaskNetwork(model)
{
    public override Tensor Outputs(TokenRows rows) => EmbeddingOutputs.Of(model, rows, embedding); // (rows, hidden)

    public override (Tensor Losses, Tensor? Logits) Learn(TokenRows rows, IReadOnlyList<EncodedExample> examples)
    {
        Tensor vectors = nn.functional.normalize(Outputs(rows), 2, 1).view(examples.Count, 2, -1);
        Tensor first = vectors.select(1, 0), second = vectors.select(1, 1); // (examples, hidden)
        Tensor losses = task.Loss switch
        {
            EmbeddingLoss.Cosine => nn.functional.mse_loss(first.mul(second).sum(1), Scores(examples), nn.Reduction.None),
            EmbeddingLoss.CoSent => OfOrder(first.mul(second).sum(1), examples),
            _ => OfNearest(first.matmul(second.t()), examples),
        };
        return (losses, null);
    }

    protected override void Save(string folder, ElectraTokenizer tokenizer) => EmbeddingFolder.Save(folder, model.Electra, tokenizer, embedding, maxLength);

    /// <summary>CoSENT: one loss for all examples, as often as there are any.</summary>
    private Tensor OfOrder(Tensor cosines, IReadOnlyList<EncodedExample> examples)
    {
        int count = examples.Count;
        var isOther = new bool[count * count]; // whether the row does not score higher than the column
        for (int i = 0; i < isOther.Length; i++) isOther[i] = !(examples[i / count].Values[0] > examples[i % count].Values[0]);
        Tensor above = cosines.unsqueeze(0) - cosines.unsqueeze(1); // of the column over the row
        Tensor terms = Masked(above.div(Scalars.Of(task.Temperature)), isOther).view(-1);
        return cat([zeros(1, device: model.Device), terms]).logsumexp(0).expand(count);
    }

    /// <summary>InfoNCE: that of the first texts, each beside all second ones.</summary>
    private Tensor OfNearest(Tensor cosines, IReadOnlyList<EncodedExample> examples)
    {
        int count = examples.Count;
        var isSame = new bool[count * count]; // whether another example's second text is the own one once more
        for (int i = 0; i < isSame.Length; i++)
            isSame[i] = i / count != i % count && examples[i / count].Sequences[1].Ids.AsSpan().SequenceEqual(examples[i % count].Sequences[1].Ids);
        long[] own = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        return nn.functional.cross_entropy(
            Masked(cosines.div(Scalars.Of(task.Temperature)), isSame), tensor(own, device: model.Device), reduction: nn.Reduction.None);
    }

    private Tensor Masked(Tensor square, bool[] without) => square.masked_fill(tensor(without, square.shape, device: model.Device), Scalars.Of(float.NegativeInfinity));

    private Tensor Scores(IReadOnlyList<EncodedExample> examples) => tensor(examples.Select(example => example.Values[0]).ToArray(), device: model.Device);
}
