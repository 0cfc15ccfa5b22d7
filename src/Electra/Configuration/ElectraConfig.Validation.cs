using System.Text.Json;

namespace Electra.Configuration;

public sealed partial record ElectraConfig
{
    /// <summary>Names of <see cref="HiddenAct"/> and <see cref="SummaryActivation"/> that the modules know.</summary>
    public static IReadOnlyList<string> SupportedActivations { get; } =
    [
        "gelu", "gelu_10", "gelu_accurate", "gelu_fast", "gelu_new", "gelu_python", "gelu_python_tanh", "gelu_pytorch_tanh", "laplace",
        "leaky_relu", "linear", "mish", "quick_gelu", "relu", "relu2", "relu6", "sigmoid", "silu", "swish", "tanh",
    ];

    private static readonly string[] ProblemTypes = ["regression", "single_label_classification", "multi_label_classification"];

    /// <summary>Checks every field.</summary>
    /// <returns>This config, so that calls chain.</returns>
    /// <exception cref="ArgumentException">Names every bad field by its config.json key, its value and what it must be.</exception>
    public ElectraConfig Validate()
    {
        string[] errors = [.. Errors()];
        return errors.Length == 0
            ? this
            : throw new ArgumentException($"The model configuration has {errors.Length} bad field(s): {string.Join("; ", errors)}.");
    }

    /// <summary>
    /// Checks that a tokenizer's ids are rows of the word table, and that both mean the same token by padding, as they do after
    /// <see cref="WithVocabulary"/>.
    /// </summary>
    /// <param name="size">Number of tokens; a table may have rows to spare.</param>
    /// <param name="padId">The id of [PAD].</param>
    /// <exception cref="ArgumentException">One of the two is not so.</exception>
    internal void RequireVocabulary(int size, int padId)
    {
        if (size > VocabSize)
        {
            throw new ArgumentException(
                $"The tokenizer has {size} tokens, but the model's word table {VocabSize} rows (vocab_size): they don't belong together.");
        }

        if (PadTokenId is int padding && padding != padId)
        {
            throw new ArgumentException(
                $"[PAD] is token {padId} of the tokenizer, but pad_token_id of the model is {padding}: the look-up would keep a real word from "
                + $"learning. Make the model with WithVocabulary({size}, {padId}).");
        }
    }

    private IEnumerable<string> Errors()
    {
        (string Key, int Value)[] sizes =
        [
            ("vocab_size", VocabSize), ("embedding_size", EmbeddingSize), ("hidden_size", HiddenSize),
            ("num_attention_heads", NumAttentionHeads), ("intermediate_size", IntermediateSize),
            ("max_position_embeddings", MaxPositionEmbeddings), ("type_vocab_size", TypeVocabSize),
        ];
        foreach ((string key, int value) in sizes.Where(size => size.Value < 1)) yield return $"{key} is {value}, must be at least 1";
        if (NumHiddenLayers < 0) yield return $"num_hidden_layers is {NumHiddenLayers}, must not be negative";

        if (NumAttentionHeads >= 1 && HiddenSize >= 1 && HiddenSize % NumAttentionHeads != 0)
            yield return $"hidden_size is {HiddenSize}, must be a multiple of num_attention_heads {NumAttentionHeads}";
        if (PadTokenId < 0 || PadTokenId >= VocabSize) yield return $"pad_token_id is {PadTokenId}, must be in [0, vocab_size {VocabSize}) or null";

        (string Key, double Value)[] dropouts =
        [
            ("hidden_dropout_prob", HiddenDropoutProb), ("attention_probs_dropout_prob", AttentionProbsDropoutProb),
            ("classifier_dropout", ClassifierDropout ?? 0), ("summary_last_dropout", SummaryLastDropout),
        ];
        foreach ((string key, double value) in dropouts.Where(dropout => dropout.Value is not (>= 0 and < 1)))
            yield return $"{key} is {value}, must be in [0, 1)";

        if (!(InitializerRange > 0 && double.IsFinite(InitializerRange)))
            yield return $"initializer_range is {InitializerRange}, must be above 0";
        if (!(LayerNormEps > 0 && double.IsFinite(LayerNormEps))) yield return $"layer_norm_eps is {LayerNormEps}, must be above 0";

        string activations = string.Join(", ", SupportedActivations);
        if (!SupportedActivations.Contains(HiddenAct)) yield return $"hidden_act is '{HiddenAct}', must be one of {activations}";
        if (SummaryActivation is not null && !SupportedActivations.Contains(SummaryActivation))
            yield return $"summary_activation is '{SummaryActivation}', must be one of {activations}";
        if (ProblemType is not null && !ProblemTypes.Contains(ProblemType))
            yield return $"problem_type is '{ProblemType}', must be one of {string.Join(", ", ProblemTypes)}";
        if (PositionEmbeddingType != "absolute") yield return $"position_embedding_type is '{PositionEmbeddingType}', must be 'absolute'";
        if (ModelType != "electra") yield return $"model_type is '{ModelType}', must be 'electra'";
        if (TieWordEmbeddings == false) yield return "tie_word_embeddings is false, must be true or absent";
        if (IsDecoder) yield return "is_decoder is true, must be false: this is an encoder, whose tokens attend to those on both sides";
        if (AddCrossAttention) yield return "add_cross_attention is true, must be false or absent";
        foreach ((string key, JsonElement value) in UnknownKeys ?? new Dictionary<string, JsonElement>())
            if (!IsHarmless(key, value)) yield return $"{key} is {value.GetRawText()}, must be absent: a model with it computes something else";
        if (Id2Label is not null && (Id2Label.Count == 0 || !Enumerable.Range(0, Id2Label.Count).All(Id2Label.ContainsKey)))
            yield return $"id2label has the ids {string.Join(", ", Id2Label.Keys)}, must have 0, 1, ... without gaps";
    }

    // Keys of which this library supports just what their absence means.
    private static bool IsHarmless(string key, JsonElement value) => key switch
    {
        "is_encoder_decoder" => value.ValueKind is JsonValueKind.False or JsonValueKind.Null,
        "pruned_heads" => value.ValueKind is JsonValueKind.Null || (value.ValueKind is JsonValueKind.Object && !value.EnumerateObject().Any()),
        "quantization_config" => value.ValueKind is JsonValueKind.Null,
        _ => true,
    };
}
