using Electra.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Checks what a caller hands to a model, by shape, dtype and device: no values are read back from a device.</summary>
internal static class ModelInputs
{
    public static void Check(
        ElectraConfig config, Device device, Tensor? inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor? positionIds, Tensor? inputsEmbeds)
    {
        CheckDevice(inputIds, device, nameof(inputIds));
        CheckDevice(attentionMask, device, nameof(attentionMask));
        CheckDevice(tokenTypeIds, device, nameof(tokenTypeIds));
        CheckDevice(positionIds, device, nameof(positionIds));
        CheckDevice(inputsEmbeds, device, nameof(inputsEmbeds));
        if (inputIds is null == inputsEmbeds is null)
            throw new ArgumentException("Give either inputIds or inputsEmbeds, and not both.", nameof(inputIds));
        if (inputIds is not null) CheckIds(inputIds, nameof(inputIds));
        bool isNumber = inputsEmbeds?.dtype is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16;
        if (inputsEmbeds is not null && (inputsEmbeds.dim() != 3 || inputsEmbeds.shape[2] != config.EmbeddingSize || !isNumber))
        {
            throw new ArgumentException(
                $"inputsEmbeds must be float32 or shorter (batch, seq, {config.EmbeddingSize}), not {Describe(inputsEmbeds)}.", nameof(inputsEmbeds));
        }

        long[] shape = (inputIds ?? inputsEmbeds)!.shape;
        (long batch, long length) = (shape[0], shape[1]);
        if (batch == 0 || length == 0)
            throw new ArgumentException($"There is no token in a batch of {batch} x {length}.", inputIds is null ? nameof(inputsEmbeds) : nameof(inputIds));
        if (positionIds is null && length > config.MaxPositionEmbeddings)
        {
            throw new ArgumentException(
                $"The sequence has {length} tokens, but the model has max_position_embeddings {config.MaxPositionEmbeddings}; "
                + "truncate or split it.",
                inputIds is null ? nameof(inputsEmbeds) : nameof(inputIds));
        }

        CheckShape(attentionMask, nameof(attentionMask), batch, length);
        if (attentionMask?.is_complex() == true)
            throw new ArgumentException($"attentionMask must be of numbers or truth values, not {Describe(attentionMask)}.", nameof(attentionMask));
        CheckShape(tokenTypeIds, nameof(tokenTypeIds), batch, length);
        if (tokenTypeIds is not null) CheckIds(tokenTypeIds, nameof(tokenTypeIds));
        if (positionIds is null) return;
        CheckIds(positionIds, nameof(positionIds));
        CheckShape(positionIds, nameof(positionIds), positionIds.shape[0] == 1 ? 1 : batch, length);
    }

    /// <summary>Checks positions of a batch's tokens; their values where the host can see them.</summary>
    public static void CheckPositions(Tensor maskedPositions, Tensor inputIds, Device device)
    {
        CheckIds(inputIds, nameof(inputIds));
        CheckDevice(maskedPositions, device, nameof(maskedPositions));
        CheckIds(maskedPositions, nameof(maskedPositions));
        (long batch, long length) = (inputIds.shape[0], inputIds.shape[1]);
        if (maskedPositions.shape[0] != batch)
        {
            throw new ArgumentException(
                $"maskedPositions must be of the {batch} sequence(s) of the input, not {Describe(maskedPositions)}.", nameof(maskedPositions));
        }

        if (IdRange.Of(maskedPositions) is { } range && !range.IsWithin(length))
        {
            throw new ArgumentException(
                $"maskedPositions go from {range.Lowest} to {range.Highest}, but sequences have the positions 0 to {length - 1}.", nameof(maskedPositions));
        }
    }

    /// <summary>Whether a tensor is on a device; one named without a number is any of its kind.</summary>
    public static bool IsOn(Tensor tensor, Device device) =>
        tensor.device_type == device.type && (device.type != DeviceType.CUDA || device.index < 0 || tensor.device_index == device.index);

    public static void CheckIds(Tensor ids, string name)
    {
        if (ids.dtype != ScalarType.Int64 || ids.dim() != 2)
            throw new ArgumentException($"{name} must be int64 of shape (batch, seq), not {Describe(ids)}.", name);
    }

    private static void CheckDevice(Tensor? given, Device device, string name)
    {
        if (given is not null && !IsOn(given, device))
            throw new ArgumentException($"{name} is on {given.device}, but the model on {device}; move the input there.", name);
    }

    private static void CheckShape(Tensor? given, string name, long batch, long length)
    {
        if (given is not null && (given.dim() != 2 || given.shape[0] != batch || given.shape[1] != length))
            throw new ArgumentException($"{name} must have the shape ({batch}, {length}) of the input, not {Describe(given)}.", name);
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} ({string.Join(", ", tensor.shape)})";
}
