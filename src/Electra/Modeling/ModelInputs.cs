using Electra.Configuration;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Checks what a caller hands to a model, by shape and dtype alone: no values are read back from the device.</summary>
internal static class ModelInputs
{
    public static void Check(
        ElectraConfig config, Tensor? inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor? positionIds, Tensor? inputsEmbeds)
    {
        if (inputIds is null == inputsEmbeds is null)
            throw new ArgumentException("Give either inputIds or inputsEmbeds, and not both.", nameof(inputIds));
        if (inputIds is not null) CheckIds(inputIds, nameof(inputIds));
        if (inputsEmbeds is not null && (inputsEmbeds.dim() != 3 || inputsEmbeds.shape[2] != config.EmbeddingSize))
        {
            throw new ArgumentException(
                $"inputsEmbeds must be (batch, seq, {config.EmbeddingSize}), not {Describe(inputsEmbeds)}.", nameof(inputsEmbeds));
        }

        long[] shape = (inputIds ?? inputsEmbeds)!.shape;
        (long batch, long length) = (shape[0], shape[1]);
        if (positionIds is null && length > config.MaxPositionEmbeddings)
        {
            throw new ArgumentException(
                $"The sequence has {length} tokens, but the model has max_position_embeddings {config.MaxPositionEmbeddings}; "
                + "truncate or split it.",
                inputIds is null ? nameof(inputsEmbeds) : nameof(inputIds));
        }

        CheckShape(attentionMask, nameof(attentionMask), batch, length);
        CheckShape(tokenTypeIds, nameof(tokenTypeIds), batch, length);
        if (tokenTypeIds is not null) CheckIds(tokenTypeIds, nameof(tokenTypeIds));
        if (positionIds is null) return;
        CheckIds(positionIds, nameof(positionIds));
        CheckShape(positionIds, nameof(positionIds), positionIds.shape[0] == 1 ? 1 : batch, length);
    }

    public static void CheckIds(Tensor ids, string name)
    {
        if (ids.dtype != ScalarType.Int64 || ids.dim() != 2)
            throw new ArgumentException($"{name} must be int64 of shape (batch, seq), not {Describe(ids)}.", name);
    }

    private static void CheckShape(Tensor? given, string name, long batch, long length)
    {
        if (given is not null && (given.dim() != 2 || given.shape[0] != batch || given.shape[1] != length))
            throw new ArgumentException($"{name} must have the shape ({batch}, {length}) of the input, not {Describe(given)}.", name);
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} ({string.Join(", ", tensor.shape)})";
}
