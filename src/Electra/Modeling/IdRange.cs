using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The lowest and highest of some ids, as far as a host can look at them without waiting for a device.</summary>
/// <param name="Lowest">The lowest.</param>
/// <param name="Highest">The highest; below <paramref name="Lowest"/> when there are no ids.</param>
internal readonly record struct IdRange(long Lowest, long Highest)
{
    /// <summary>Of int64 ids; null where they are not in host memory.</summary>
    public static unsafe IdRange? Of(Tensor ids)
    {
        if (ids.device_type != DeviceType.CPU) return null;
        using Tensor whole = ids.contiguous();
        var values = new ReadOnlySpan<long>((void*)Aten.DataPointer(whole), checked((int)whole.numel()));
        (long lowest, long highest) = (long.MaxValue, long.MinValue);
        foreach (long id in values) (lowest, highest) = (Math.Min(lowest, id), Math.Max(highest, id));
        return new IdRange(lowest, highest);
    }

    /// <summary>Whether all lie in [0, <paramref name="count"/>).</summary>
    public bool IsWithin(long count) => Lowest > Highest || (Lowest >= 0 && Highest < count);
}
