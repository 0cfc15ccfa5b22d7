using Electra.Configuration;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>A configuration whose sizes all differ, so that no mixed-up dimension goes unnoticed.</summary>
internal static class TinyConfig
{
    public static ElectraConfig Value { get; } = new()
    {
        VocabSize = 99,
        EmbeddingSize = 16,
        HiddenSize = 36,
        NumHiddenLayers = 2,
        NumAttentionHeads = 3,
        IntermediateSize = 37,
        MaxPositionEmbeddings = 40,
        TypeVocabSize = 2,
    };

    /// <summary>The same ids every time, int64 (batch, length), none of them padding.</summary>
    public static Tensor Ids(long batch, long length) => (arange(0, batch * length, ScalarType.Int64) * 37 % 94 + 5).view(batch, length);
}
