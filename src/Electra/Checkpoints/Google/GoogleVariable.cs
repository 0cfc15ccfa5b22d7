using Electra.Configuration;

namespace Electra.Checkpoints;

/// <summary>A variable of Google's code, and the parameter that it is here.</summary>
/// <param name="Name">In the checkpoint.</param>
/// <param name="Parameter">Its Hugging Face name, in a model with a head.</param>
/// <param name="Shape">In the checkpoint.</param>
/// <param name="IsKernel">Whether it is [in, out], and the parameter [out, in].</param>
internal sealed record GoogleVariable(string Name, string Parameter, IReadOnlyList<long> Shape, bool IsKernel)
{
    /// <summary>Which row of the parameter it is; -1 for all of it.</summary>
    public int Row { get; init; } = -1;

    /// <summary>What the names of the first and second moment of a variable end in.</summary>
    public static readonly IReadOnlyList<string> Slots = ["/adam_m", "/adam_v"];

    /// <summary>An encoder.</summary>
    /// <param name="tables">The scope of its embeddings, which it may share.</param>
    /// <param name="scope">The scope of the rest.</param>
    /// <param name="config">Sizes.</param>
    public static IEnumerable<GoogleVariable> Encoder(string tables, string scope, ElectraConfig config)
    {
        (int embedding, int hidden, int forward) = (config.EmbeddingSize, config.HiddenSize, config.IntermediateSize);
        yield return Table("word", config.VocabSize);
        yield return Table("position", config.MaxPositionEmbeddings);
        yield return Table("token_type", config.TypeVocabSize);
        foreach (GoogleVariable norm in Norm($"{tables}/embeddings/LayerNorm", "electra.embeddings.LayerNorm", embedding)) yield return norm;
        if (embedding != hidden)
            foreach (GoogleVariable dense in Dense($"{scope}/embeddings_project", "electra.embeddings_project", embedding, hidden)) yield return dense;
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            (string theirs, string ours) = (FormattableString.Invariant($"{scope}/encoder/layer_{layer}"), FormattableString.Invariant($"electra.encoder.layer.{layer}"));
            IEnumerable<GoogleVariable> all =
            [
                .. Inner("attention/self/query", hidden, hidden), .. Inner("attention/self/key", hidden, hidden), .. Inner("attention/self/value", hidden, hidden),
                .. Inner("attention/output/dense", hidden, hidden), .. Norm($"{theirs}/attention/output/LayerNorm", $"{ours}.attention.output.LayerNorm", hidden),
                .. Inner("intermediate/dense", hidden, forward), .. Inner("output/dense", forward, hidden), .. Norm($"{theirs}/output/LayerNorm", $"{ours}.output.LayerNorm", hidden),
            ];
            foreach (GoogleVariable variable in all) yield return variable;

            IEnumerable<GoogleVariable> Inner(string name, long from, long to) => Dense($"{theirs}/{name}", $"{ours}.{name.Replace('/', '.')}", from, to);
        }

        GoogleVariable Table(string kind, long rows) =>
            new($"{tables}/embeddings/{kind}_embeddings", $"electra.embeddings.{kind}_embeddings.weight", [rows, embedding], false);
    }

    /// <summary>The head of replaced token detection.</summary>
    public static IEnumerable<GoogleVariable> DetectionHead(ElectraConfig config) =>
    [
        .. Dense("discriminator_predictions/dense", "discriminator_predictions.dense", config.HiddenSize, config.HiddenSize),
        .. Dense("discriminator_predictions/dense_1", "discriminator_predictions.dense_prediction", config.HiddenSize, 1),
    ];

    /// <summary>The head of masked language modeling, whose output matrix is the word table.</summary>
    public static IEnumerable<GoogleVariable> MaskedLMHead(ElectraConfig config) =>
    [
        .. Dense("generator_predictions/dense", "generator_predictions.dense", config.HiddenSize, config.EmbeddingSize),
        .. Norm("generator_predictions/LayerNorm", "generator_predictions.LayerNorm", config.EmbeddingSize),
        new("generator_predictions/output_bias", "generator_lm_head.bias", [config.VocabSize], false),
    ];

    /// <summary>A linear layer.</summary>
    public static IEnumerable<GoogleVariable> Dense(string theirs, string ours, long from, long to) =>
        [new($"{theirs}/kernel", $"{ours}.weight", [from, to], true), new($"{theirs}/bias", $"{ours}.bias", [to], false)];

    private static IEnumerable<GoogleVariable> Norm(string theirs, string ours, long width) =>
        [new($"{theirs}/gamma", $"{ours}.weight", [width], false), new($"{theirs}/beta", $"{ours}.bias", [width], false)];
}
