using System.Globalization;
using Electra.Inference;

namespace Electra.Onnx;

/// <summary>What a file says of itself beyond its graph, by keys of this library's own.</summary>
internal static class OnnxMetadata
{
    /// <summary>The name of the model's class.</summary>
    public const string Architecture = "electra.architecture";

    private const string Pooling = "electra.pooling", Normalize = "electra.normalize", Layer = "electra.layer", MaxLength = "electra.max_length";
    private const string Embedder = "ElectraTextEmbedder";

    /// <summary>Of an encoder that makes one vector of a text.</summary>
    public static IEnumerable<(string Key, string Value)> Of(EmbeddingOptions embedding, int maxLength) =>
    [
        (Architecture, Embedder), (Pooling, $"{embedding.Pooling}"), (Normalize, $"{embedding.Normalize == true}"),
        (Layer, embedding.Layer!.Value.ToString(CultureInfo.InvariantCulture)), (MaxLength, maxLength.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Which vectors a file makes, and of how many tokens at most; null where it does not say.</summary>
    public static (EmbeddingOptions Options, int MaxLength)? ReadEmbedding(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(Pooling, out string? pooling) && Enum.TryParse(pooling, out EmbeddingPooling parsed)
        && metadata.TryGetValue(Normalize, out string? normalize) && bool.TryParse(normalize, out bool isNormalized)
        && metadata.TryGetValue(Layer, out string? layer) && int.TryParse(layer, CultureInfo.InvariantCulture, out int taken)
        && metadata.TryGetValue(MaxLength, out string? length) && int.TryParse(length, CultureInfo.InvariantCulture, out int longest)
            ? (new EmbeddingOptions { Layer = taken, Pooling = parsed, Normalize = isNormalized }, longest)
            : null;
}
