using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tokenization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Whether the folders of a discriminator and a generator go together.</summary>
internal static class FolderPair
{
    /// <summary>The tokenizer that both have, or one of them; null where none has.</summary>
    /// <exception cref="InvalidDataException">They differ; says in what.</exception>
    public static ElectraTokenizer? Tokenizer(string encoder, string? generator)
    {
        ElectraTokenizer? own = Read(encoder), other = generator is null ? null : Read(generator);
        if (own is null || other is null || own.VocabularyHash == other.VocabularyHash) return own ?? other;
        throw new InvalidDataException($"'{encoder}' and '{generator}' read text differently, so they were not trained together: {Difference(own, other)}.");
    }

    /// <summary>Checks a tokenizer against the config beside it.</summary>
    /// <exception cref="InvalidDataException">The tokenizer has more tokens, or another padding token.</exception>
    public static void RequireVocabulary(ElectraTokenizer tokenizer, ElectraConfig config, string folder)
    {
        try
        {
            config.RequireVocabulary(tokenizer.VocabSize, tokenizer.SpecialTokens.PadId);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"'{folder}': {error.Message}", error);
        }
    }

    /// <summary>Checks what must agree whatever the two share.</summary>
    /// <exception cref="InvalidDataException">Something does not; every size is named.</exception>
    public static void RequireSameSizes(string encoder, ElectraConfig config, string generator, ElectraConfig theirs)
    {
        (string Key, int? Own, int? Other)[] sizes =
        [
            ("vocab_size", config.VocabSize, theirs.VocabSize), ("max_position_embeddings", config.MaxPositionEmbeddings, theirs.MaxPositionEmbeddings),
            ("type_vocab_size", config.TypeVocabSize, theirs.TypeVocabSize), ("pad_token_id", config.PadTokenId, theirs.PadTokenId),
        ];
        string[] wrong = [.. sizes.Where(size => size.Own != size.Other).Select(size => $"{size.Key} is {Text(size.Own)} and {Text(size.Other)}")];
        if (wrong.Length > 0) throw new InvalidDataException($"'{encoder}' and '{generator}' do not go together: {string.Join("; ", wrong)}.");

        static string Text(int? size) => size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none";
    }

    /// <summary>Checks what must agree where embeddings are shared.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static void RequireSameWidth(string encoder, ElectraConfig config, string generator, ElectraConfig theirs)
    {
        if (config.EmbeddingSize == theirs.EmbeddingSize) return;
        throw new InvalidDataException(
            $"'{encoder}' and '{generator}' can't share embeddings: embedding_size is {config.EmbeddingSize} and {theirs.EmbeddingSize}. Train them with {nameof(EmbeddingSharing)}.{nameof(EmbeddingSharing.None)}.");
    }

    /// <summary>Which embeddings have the same values in both folders.</summary>
    public static EmbeddingSharing EmbeddingsInCommon(string encoder, string generator)
    {
        using var scope = NewDisposeScope();
        using ElectraModel own = ElectraModel.FromPretrained(encoder), other = ElectraModel.FromPretrained(generator);
        Dictionary<string, Parameter> theirs = other.Embeddings.named_parameters().ToDictionary(item => item.name, item => item.parameter);
        bool IsSame((string name, Parameter parameter) item) => AreEqual(item.parameter, theirs[item.name]);
        if (!AreEqual(own.Embeddings.WordEmbeddings, other.Embeddings.WordEmbeddings) || !AreEqual(own.Embeddings.PositionEmbeddings, other.Embeddings.PositionEmbeddings))
            return EmbeddingSharing.None;
        return own.Embeddings.named_parameters().All(IsSame) ? EmbeddingSharing.All : EmbeddingSharing.WordAndPosition;
    }

    /// <summary>Whether two tensors have the same shape and values.</summary>
    public static bool AreEqual(Tensor one, Tensor other) => one.shape.SequenceEqual(other.shape) && one.eq(other).all().item<bool>();

    private static ElectraTokenizer? Read(string folder) =>
        File.Exists(Path.Combine(folder, "vocab.txt")) || File.Exists(Path.Combine(folder, "tokenizer.json")) ? ElectraTokenizer.FromPretrained(folder) : null;

    private static string Difference(ElectraTokenizer own, ElectraTokenizer other)
    {
        if (own.Options.Lowercase != other.Options.Lowercase) return $"do_lower_case is {Text(own.Options.Lowercase)} and {Text(other.Options.Lowercase)}";
        if (own.VocabSize != other.VocabSize) return $"their vocabularies have {own.VocabSize} and {other.VocabSize} tokens";
        int id = Enumerable.Range(0, own.VocabSize).FirstOrDefault(id => own.Vocabulary[id] != other.Vocabulary[id], -1);
        return id < 0 ? "their tokenizers have other options (accents, Chinese characters, added tokens)" : $"token {id} is '{own.Vocabulary[id]}' and '{other.Vocabulary[id]}'";

        static string Text(bool flag) => flag ? "true" : "false";
    }
}
