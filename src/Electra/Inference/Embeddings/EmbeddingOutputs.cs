using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>Makes vectors of texts.</summary>
internal static class EmbeddingOutputs
{
    /// <summary>One vector a row.</summary>
    /// <param name="model">The encoder, without layers above the one that is taken.</param>
    /// <param name="rows">The texts.</param>
    /// <param name="options">Which vectors.</param>
    /// <returns>float32 (rows, hidden)</returns>
    public static Tensor Of(HeadlessElectra model, TokenRows rows, EmbeddingOptions options)
    {
        Tensor pooled = options.Pooling switch
        {
            EmbeddingPooling.Cls => model.Last(rows.InputIds, rows.AttentionMask, firstOnly: true).select(1, 0),
            EmbeddingPooling.FirstLast => Mean(Middle(model.FirstAndLast(rows.InputIds, rows.AttentionMask)), rows.AttentionMask),
            _ => Mean(model.Last(rows.InputIds, rows.AttentionMask, firstOnly: false), rows.AttentionMask),
        };
        return options.Normalize == true ? nn.functional.normalize(pooled, 2, 1) : pooled;
    }

    private static Tensor Middle((Tensor First, Tensor Last) states) => states.First.add(states.Last, Scalars.One).div(Scalars.Of(2));

    private static Tensor Mean(Tensor hidden, Tensor? mask)
    {
        if (mask is null) return hidden.mean([1]);
        Tensor attended = mask.to(ScalarType.Float32);
        Tensor shares = attended.div(attended.sum(1, keepdim: true)); // (rows, seq)
        return shares.unsqueeze(1).matmul(hidden).squeeze(1); // (rows, hidden)
    }
}
