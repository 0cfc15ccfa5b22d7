namespace Electra.Configuration;

public sealed partial record ElectraConfig
{
    /// <summary>The names that <see cref="Preset"/> knows, small before large.</summary>
    public static IReadOnlyList<string> PresetNames { get; } = ["tiny", "mini", "small", "base", "large"];

    /// <summary>4 layers x 128, 2 heads, feed-forward 512, embedding 128, vocabulary 4,000, wider initial weights: for machines without a GPU.</summary>
    public static ElectraConfig Tiny =>
        new() { VocabSize = 4000, HiddenSize = 128, NumHiddenLayers = 4, NumAttentionHeads = 2, IntermediateSize = 512, InitializerRange = 0.05 };

    /// <summary>4 layers x 256, 4 heads, feed-forward 1024, embedding 128, vocabulary 8,000, wider initial weights: for machines without a GPU.</summary>
    public static ElectraConfig Mini =>
        new() { VocabSize = 8000, HiddenSize = 256, NumHiddenLayers = 4, NumAttentionHeads = 4, IntermediateSize = 1024, InitializerRange = 0.05 };

    /// <summary>ELECTRA-Small: 12 layers x 256, 4 heads, feed-forward 1024, embedding 128.</summary>
    public static ElectraConfig Small => new();

    /// <summary>ELECTRA-Base: 12 layers x 768, 12 heads, feed-forward 3072, embedding 768.</summary>
    public static ElectraConfig Base =>
        new() { EmbeddingSize = 768, HiddenSize = 768, NumAttentionHeads = 12, IntermediateSize = 3072 };

    /// <summary>ELECTRA-Large: 24 layers x 1024, 16 heads, feed-forward 4096, embedding 1024.</summary>
    public static ElectraConfig Large =>
        new() { EmbeddingSize = 1024, HiddenSize = 1024, NumHiddenLayers = 24, NumAttentionHeads = 16, IntermediateSize = 4096 };

    /// <summary>
    /// The network of a name; its <see cref="VocabSize"/> is the size of a vocabulary to learn for it, and
    /// <see cref="WithVocabulary"/> gives it another one.
    /// </summary>
    /// <param name="name">One of <see cref="PresetNames"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static ElectraConfig Preset(string name) => name.ToUpperInvariant() switch
    {
        "TINY" => Tiny,
        "MINI" => Mini,
        "SMALL" => Small,
        "BASE" => Base,
        "LARGE" => Large,
        _ => throw new ArgumentException($"There is no preset '{name}'; there are {string.Join(", ", PresetNames)}.", nameof(name)),
    };

    /// <summary>
    /// The generator that goes with this discriminator: same depth, vocabulary and embedding size, hidden size times
    /// <paramref name="sizeFraction"/> (rounded), feed-forward four times that, a head for every 64 (at least one).
    /// </summary>
    /// <param name="sizeFraction">Above 0; the paper uses 1/4 (small, large) and 1/3 (base).</param>
    public ElectraConfig ToGenerator(double sizeFraction)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sizeFraction);
        int hidden = Math.Max(1, (int)Math.Round(HiddenSize * sizeFraction, MidpointRounding.AwayFromZero));
        int heads = Math.Max(1, hidden / 64);
        while (hidden % heads != 0) heads--; // sizes that are no multiple of 64: the most heads that divide them
        return this with
        {
            HiddenSize = hidden,
            IntermediateSize = 4 * hidden,
            NumAttentionHeads = heads,
            Architectures = null,
            Id2Label = null,
            ProblemType = null,
        };
    }
}
