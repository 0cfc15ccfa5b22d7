using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>One variable of a TensorFlow checkpoint.</summary>
/// <param name="Name">The variable's name, for example <c>electra/embeddings/word_embeddings</c>.</param>
/// <param name="TypeName">TensorFlow's name of its element type, for example <c>float32</c> or <c>string</c>.</param>
/// <param name="DType">The element type that it is read as; null for strings and others that are listed but can't be read.</param>
/// <param name="Shape">The sizes of the dimensions; empty for a scalar.</param>
/// <param name="ByteCount">Bytes in the data files.</param>
/// <param name="Parts">In how many parts it was saved: more than one for a partitioned variable.</param>
public sealed record TensorBundleEntry(string Name, string TypeName, ScalarType? DType, IReadOnlyList<long> Shape, long ByteCount, int Parts)
{
    /// <summary>Type and shape as messages show them, for example <c>float32 [128, 64]</c>.</summary>
    public string Description => $"{TypeName} [{string.Join(", ", Shape)}]";
}
