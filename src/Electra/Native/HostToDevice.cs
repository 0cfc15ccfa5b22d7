using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Native;

/// <summary>
/// Copies from host memory to a device without a wait. Only page-locked memory can be copied behind the host's back; libtorch's allocator for
/// it marks a block that a copy reads with an event of the copy's stream, and hands the block out again only after that event. So the source
/// may be freed at once, and from some steps on no memory is locked anew.
/// </summary>
internal static class HostToDevice
{
    /// <summary>
    /// The tensor itself when <paramref name="device"/> is a CPU; else a fresh tensor there, which work on the device sees filled.
    /// </summary>
    /// <param name="host">A CPU tensor; page-locked already if another thread had the time for it.</param>
    /// <param name="device">Where to.</param>
    public static Tensor Copy(Tensor host, Device device)
    {
        if (device.type == DeviceType.CPU) return host;
        if (device.type != DeviceType.CUDA || host.is_pinned()) return host.to(device, non_blocking: true);
        using Tensor pinned = host.pin_memory();
        return pinned.to(device, non_blocking: true);
    }

    /// <summary>As <see cref="Copy"/>, of a tensor that is nobody else's: a source that was copied is freed.</summary>
    public static Tensor Move(Tensor host, Device device)
    {
        Tensor moved = Copy(host, device);
        if (!ReferenceEquals(moved, host)) host.Dispose();
        return moved;
    }
}
