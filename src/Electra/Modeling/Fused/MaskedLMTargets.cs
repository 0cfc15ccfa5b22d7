using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What a masked language modeling loss is measured against, and where what is known of each slot goes.</summary>
/// <param name="Ids">int64 (n): the words that were hidden.</param>
/// <param name="Weights">float32 (n): 1 for a slot in use, else 0.</param>
/// <param name="Losses">float32 (n), written: the weighted loss of each slot.</param>
/// <param name="Hits">float32 (n), written: the weight where the right word is the likeliest, else 0.</param>
/// <param name="Uniform">float32 (n) in [0, 1), one draw a slot; null to sample nothing.</param>
/// <param name="Samples">int64 (n), written: the words drawn; null with <paramref name="Uniform"/>.</param>
/// <param name="NeverTarget">Whether no sample is the word that was hidden.</param>
internal sealed record MaskedLMTargets(
    Tensor Ids, Tensor Weights, Tensor Losses, Tensor Hits, Tensor? Uniform, Tensor? Samples, bool NeverTarget = false)
{
    /// <summary>Checks them, since the kernel takes them on trust.</summary>
    /// <exception cref="ArgumentException">One has another type, length or device, or a target is none of <paramref name="words"/>.</exception>
    public void RequireFit(long rows, long words, string name)
    {
        Require(Ids, nameof(Ids), ScalarType.Int64, rows, name);
        Require(Weights, nameof(Weights), ScalarType.Float32, rows, name);
        Require(Losses, nameof(Losses), ScalarType.Float32, rows, name);
        Require(Hits, nameof(Hits), ScalarType.Float32, rows, name);
        if (Uniform is not null) Require(Uniform, nameof(Uniform), ScalarType.Float32, rows, name);
        if (Uniform is null != Samples is null) throw new ArgumentException("Uniform and Samples go together.", name);
        if (Samples is not null) Require(Samples, nameof(Samples), ScalarType.Int64, rows, name);
        if (IdRange.Of(Ids) is { } range && !range.IsWithin(words))
            throw new ArgumentException($"Ids from {range.Lowest} to {range.Highest} are the targets of a table of {words} words.", name);
    }

    private static void Require(Tensor part, string what, ScalarType dtype, long rows, string name)
    {
        if (part.device_type == TorchSharp.DeviceType.CPU && part.dtype == dtype && part.numel() == rows && part.is_contiguous()) return;
        throw new ArgumentException(
            $"{what} must be {rows} contiguous {dtype} on the CPU, not {part.dtype} ({string.Join(", ", part.shape)}) on {part.device}.", name);
    }
}
