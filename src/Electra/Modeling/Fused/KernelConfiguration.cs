using System.Collections.Frozen;
using System.Reflection;
using Electra.Configuration;

namespace Electra.Modeling;

/// <summary>
/// What own kernels know of a configuration. They don't see what a new property does to the modules they stand for, so one that is not
/// listed here must have its default value, or the network is composed: slower, but what its modules say.
/// </summary>
internal static class KernelConfiguration
{
    /// <summary>Properties that kernels, who calls them, or <see cref="KernelGate"/> take into account, whatever their value.</summary>
    public static readonly FrozenSet<string> Honoured = FrozenSet.Create(
        nameof(ElectraConfig.VocabSize), nameof(ElectraConfig.EmbeddingSize), nameof(ElectraConfig.HiddenSize),
        nameof(ElectraConfig.NumHiddenLayers), nameof(ElectraConfig.NumAttentionHeads), nameof(ElectraConfig.HeadSize),
        nameof(ElectraConfig.IntermediateSize), nameof(ElectraConfig.HiddenAct), nameof(ElectraConfig.HiddenDropoutProb),
        nameof(ElectraConfig.AttentionProbsDropoutProb), nameof(ElectraConfig.MaxPositionEmbeddings), nameof(ElectraConfig.TypeVocabSize),
        nameof(ElectraConfig.LayerNormEps), nameof(ElectraConfig.PadTokenId), nameof(ElectraConfig.TieWordEmbeddings));

    /// <summary>Properties that change nothing in what kernels compute: of first weights, fine-tuned heads and the file.</summary>
    public static readonly FrozenSet<string> Unconcerned = FrozenSet.Create(
        nameof(ElectraConfig.InitializerRange), nameof(ElectraConfig.Id2Label), nameof(ElectraConfig.Label2Id), nameof(ElectraConfig.NumLabels),
        nameof(ElectraConfig.ProblemType), nameof(ElectraConfig.ClassifierDropout), nameof(ElectraConfig.HeadStyle),
        nameof(ElectraConfig.SummaryType),
        nameof(ElectraConfig.SummaryUseProj), nameof(ElectraConfig.SummaryActivation), nameof(ElectraConfig.SummaryLastDropout),
        nameof(ElectraConfig.UseCache), nameof(ElectraConfig.Architectures), nameof(ElectraConfig.Dtype), nameof(ElectraConfig.TorchDtype));

    // What Hugging Face writes into a config.json beside the architecture, and what old models have kept from BERT's.
    private static readonly FrozenSet<string> UnconcernedKeys = FrozenSet.Create(
        "_attn_implementation", "_attn_implementation_autoset", "_commit_hash", "_name_or_path", "_num_labels", "attn_implementation",
        "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "chunk_size_feed_forward", "cls_token_id", "cross_attention_hidden_size",
        "decoder_start_token_id", "directionality", "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size",
        "eos_token_id", "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id", "forced_eos_token_id",
        "gradient_checkpointing", "is_encoder_decoder", "language", "length_penalty", "mask_token_id", "max_length", "min_length", "name",
        "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences", "output_attentions", "output_hidden_states",
        "output_past", "output_scores", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head",
        "pooler_type", "prefix", "pruned_heads", "quantization_config", "remove_invalid_values", "repetition_penalty", "return_dict",
        "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params", "temperature", "tf_legacy_loss",
        "tie_encoder_decoder", "tokenizer_class", "top_k", "top_p", "torchscript", "transformers_version", "typical_p", "unk_token_id", "use_bfloat16");

    private static readonly (PropertyInfo Property, object? Default)[] Unlisted =
        [.. UnlistedOf(new ElectraConfig(), name => !Honoured.Contains(name) && !Unconcerned.Contains(name) && name != nameof(ElectraConfig.UnknownKeys))];

    /// <summary>Whether kernels know all that a configuration asks for.</summary>
    public static bool Knows(ElectraConfig config) => HasDefaults(config, Unlisted) && !UnknownKeys(config).Any();

    /// <summary>The keys of a config.json that may mean something to the network and are unknown here.</summary>
    public static IEnumerable<string> UnknownKeys(ElectraConfig config) => (config.UnknownKeys?.Keys ?? []).Where(key => !UnconcernedKeys.Contains(key));

    /// <summary>The properties of a configuration that a list leaves out, each with its value there.</summary>
    /// <param name="defaults">One in which all have their default values.</param>
    /// <param name="isUnlisted">Of a property's name.</param>
    internal static IEnumerable<(PropertyInfo Property, object? Default)> UnlistedOf(object defaults, Func<string, bool> isUnlisted) =>
        defaults.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => isUnlisted(property.Name))
            .Select(property => (property, property.GetValue(defaults)));

    /// <summary>Whether properties of a configuration have their default values.</summary>
    internal static bool HasDefaults(object config, IEnumerable<(PropertyInfo Property, object? Default)> properties) =>
        properties.All(item => Equals(item.Property.GetValue(config), item.Default));
}
