using System.Text.Json;
using System.Text.Json.Serialization;

namespace Electra.Configuration;

/// <summary>
/// What a Hugging Face <c>config.json</c> of an ELECTRA model holds: the same keys one to one, PascalCased. Keys this library does not
/// know are kept and written back. Defaults are Hugging Face's, which are ELECTRA-Small's sizes.
/// </summary>
public sealed partial record ElectraConfig
{
    /// <summary>Number of rows of the word table.</summary>
    /// <value>30522</value>
    public int VocabSize { get; init; } = 30522;

    /// <summary>Width of the embedding tables; projected to <see cref="HiddenSize"/> when the two differ.</summary>
    /// <value>128</value>
    public int EmbeddingSize { get; init; } = 128;

    /// <summary>Width of the encoder; a multiple of <see cref="NumAttentionHeads"/>.</summary>
    /// <value>256</value>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Number of encoder layers; 0 for embeddings alone.</summary>
    /// <value>12</value>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads a layer.</summary>
    /// <value>4</value>
    public int NumAttentionHeads { get; init; } = 4;

    /// <summary>Width of the feed-forward part of a layer.</summary>
    /// <value>1024</value>
    public int IntermediateSize { get; init; } = 1024;

    /// <summary>Activation of the encoder and of the replaced token detection head; one of <see cref="SupportedActivations"/>.</summary>
    /// <value>gelu (the erf form)</value>
    public string HiddenAct { get; init; } = "gelu";

    /// <summary>Dropout on embeddings and on the outputs of attention and feed-forward, in [0, 1).</summary>
    /// <value>0.1</value>
    public double HiddenDropoutProb { get; init; } = 0.1;

    /// <summary>Dropout on attention probabilities, in [0, 1).</summary>
    /// <value>0.1</value>
    public double AttentionProbsDropoutProb { get; init; } = 0.1;

    /// <summary>Number of rows of the position table: the longest sequence.</summary>
    /// <value>512</value>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>Number of rows of the token-type table.</summary>
    /// <value>2</value>
    public int TypeVocabSize { get; init; } = 2;

    /// <summary>Standard deviation of the truncated normal that weights start from.</summary>
    /// <value>0.02</value>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Added to the variance in every LayerNorm.</summary>
    /// <value>1e-12</value>
    public double LayerNormEps { get; init; } = 1e-12;

    /// <summary>Id of the padding token, whose row of the word table gets no gradient from the embedding look-up; null for none.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] // an absent key means 0
    public int? PadTokenId { get; init; } = 0;

    /// <summary>Names of the labels of a fine-tuned head, by label id 0, 1, ...; absent for two unnamed labels.</summary>
    /// <value>null</value>
    [JsonPropertyName("id2label")]
    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<int, string>? Id2Label { get; init; }

    /// <summary>The inverse of <see cref="Id2Label"/>, derived from it; written beside it for Hugging Face.</summary>
    [JsonPropertyName("label2id")]
    public IReadOnlyDictionary<string, int>? Label2Id =>
        Id2Label?.GroupBy(pair => pair.Value).ToDictionary(same => same.Key, same => same.First().Key);

    /// <summary>
    /// Loss of a sequence classifier: <c>regression</c>, <c>single_label_classification</c> or <c>multi_label_classification</c>; absent to
    /// choose by the number of labels and their type.
    /// </summary>
    /// <value>null</value>
    public string? ProblemType { get; init; }

    /// <summary>Dropout in front of a fine-tuned head, in [0, 1); absent for <see cref="HiddenDropoutProb"/>.</summary>
    /// <value>null</value>
    public double? ClassifierDropout { get; init; }

    /// <summary>The form of a fine-tuned head. A key of this library's own, written only when it is not the default.</summary>
    /// <value>HuggingFace</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public HeadStyle HeadStyle { get; init; } = HeadStyle.HuggingFace;

    /// <summary>How the multiple-choice head summarises a sequence; only <c>first</c> is supported.</summary>
    /// <value>first</value>
    public string SummaryType { get; init; } = "first";

    /// <summary>Whether the multiple-choice head has a dense layer over the summary.</summary>
    /// <value>true</value>
    public bool SummaryUseProj { get; init; } = true;

    /// <summary>Activation of the multiple-choice summary; one of <see cref="SupportedActivations"/>, absent for none.</summary>
    /// <value>gelu</value>
    public string? SummaryActivation { get; init; } = "gelu";

    /// <summary>Dropout after the multiple-choice summary, in [0, 1).</summary>
    /// <value>0.1</value>
    public double SummaryLastDropout { get; init; } = 0.1;

    /// <summary>Kind of position embedding; only <c>absolute</c> is supported.</summary>
    /// <value>absolute</value>
    public string PositionEmbeddingType { get; init; } = "absolute";

    /// <summary>Whether the generator's output matrix is its word table; only true (or absent) is supported.</summary>
    /// <value>null</value>
    public bool? TieWordEmbeddings { get; init; }

    /// <summary>Whether tokens attend to earlier ones only; only false is supported.</summary>
    /// <value>false</value>
    public bool IsDecoder { get; init; }

    /// <summary>Whether a decoder's layers attend to an encoder; only false is supported.</summary>
    /// <value>false</value>
    public bool AddCrossAttention { get; init; }

    /// <summary>Whether a decoder keeps keys and values from token to token; without effect on an encoder, written for Hugging Face.</summary>
    /// <value>true</value>
    public bool UseCache { get; init; } = true;

    /// <summary>Class names the folder was saved from, for example <c>ElectraForPreTraining</c>.</summary>
    /// <value>null</value>
    public IReadOnlyList<string>? Architectures { get; init; }

    /// <summary>Family of models; only <c>electra</c> is supported.</summary>
    /// <value>electra</value>
    public string ModelType { get; init; } = "electra";

    /// <summary>Element type of the weights in the folder, in PyTorch's words; informational, weights are float32 in memory.</summary>
    /// <value>null</value>
    public string? Dtype { get; init; }

    /// <summary>The same under the key that transformers before 4.56 read and write.</summary>
    /// <value>null</value>
    public string? TorchDtype { get; init; }

    /// <summary>Keys of the file that this library does not know, written back by <see cref="ToJson"/>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? UnknownKeys { get; init; }

    [JsonInclude, JsonPropertyName("num_labels")]
    private int? GivenNumLabels { get; init; }

    /// <summary>Number of labels of a fine-tuned head: the length of <see cref="Id2Label"/>, 2 when that is absent.</summary>
    [JsonIgnore]
    public int NumLabels => Id2Label?.Count ?? 2;

    /// <summary>Width of one attention head.</summary>
    [JsonIgnore]
    public int HeadSize => HiddenSize / NumAttentionHeads;

    /// <summary>This config for a vocabulary: a row of the word table for each token, and its padding.</summary>
    /// <param name="size">Number of tokens; at least 1.</param>
    /// <param name="padId">The id of [PAD]; from 0 to below <paramref name="size"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
    public ElectraConfig WithVocabulary(int size, int padId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(padId, size);
        return this with { VocabSize = size, PadTokenId = padId };
    }

    /// <summary>This config with <paramref name="count"/> labels named LABEL_0, LABEL_1, ... as Hugging Face names them.</summary>
    /// <param name="count">At least 1.</param>
    public ElectraConfig WithLabels(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return this with { Id2Label = Enumerable.Range(0, count).ToDictionary(id => id, id => $"LABEL_{id}") };
    }
}
