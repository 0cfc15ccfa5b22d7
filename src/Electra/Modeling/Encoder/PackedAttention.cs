using System.Collections.Concurrent;
using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Attention within each sequence of a packed batch: flash attention on CUDA; elsewhere one sequence after the other, for tests.</summary>
internal static class PackedAttention
{
    private const int LargestHead = 256;
    private static readonly ConcurrentDictionary<int, bool> FlashDevices = new();

    /// <summary>Whether flash attention runs there. A device is asked once, by a tiny call: GPUs before Ampere and some builds refuse.</summary>
    public static bool IsFast(Device device, ScalarType dtype, long headSize) =>
        device.type == DeviceType.CUDA && dtype == ScalarType.BFloat16 && headSize % 8 == 0 && headSize <= LargestHead
        && FlashDevices.GetOrAdd(device.index, _ => AllowsFlash(device));

    /// <summary>Attends. Tensors are (tokens, heads, head size), all of one dtype; so is the result.</summary>
    public static Tensor Apply(
        Tensor query, Tensor key, Tensor value, PackedSequences layout, LayerContext context, double dropout, bool training)
    {
        if (query.device_type == DeviceType.CUDA)
            return FlashAttention.Run(query, key, value, layout.Offsets, layout.Longest, training ? dropout : 0);
        List<Tensor> attended = [];
        int start = 0;
        foreach (int length in layout.Lengths)
        {
            Tensor Sequence(Tensor packed) => packed.narrow(0, start, length).transpose(0, 1).unsqueeze(0); // (1, heads, length, size)
            if (length > 0) attended.Add(SelfAttention.Apply(Sequence(query), Sequence(key), Sequence(value), context, dropout, training));
            start += length;
        }

        return cat([.. attended.Select(sequence => sequence.squeeze(0).transpose(0, 1))], 0); // (tokens, heads, size)
    }

    private static bool AllowsFlash(Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor tokens = zeros([8, 1, 8], ScalarType.BFloat16, device);
        try
        {
            FlashAttention.Run(tokens, tokens, tokens, PackedSequences.Of([8], 8, device).Offsets, 8, 0).Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // padded batches then take the way of other types: a mask
        }
    }
}
