using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// A module that stays on the device and in the type that it was made in. TorchSharp moves a module by replacing its parameters, and whoever
/// holds the old ones (fused kernels, a tower that shares them, an optimizer's flat buffer) would go on with those.
/// </summary>
public abstract class StationaryModule : nn.Module
{
    private protected StationaryModule(string name)
        : base(name)
    {
    }

    /// <summary>Does nothing when all is there already.</summary>
    /// <exception cref="NotSupportedException">It is not.</exception>
    protected sealed override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => Stay(device.type, device.index, dtype);

    /// <inheritdoc cref="_to(Device, ScalarType, bool)"/>
    protected sealed override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Stay(deviceType, deviceIndex, null);

    /// <inheritdoc cref="_to(Device, ScalarType, bool)"/>
    protected sealed override nn.Module _to(ScalarType dtype, bool non_blocking) => Stay(null, -1, dtype);

    private StationaryModule Stay(DeviceType? device, int index, ScalarType? dtype)
    {
        bool isThere = parameters().All(parameter =>
            (device ?? parameter.device_type) == parameter.device_type && (index < 0 || device != DeviceType.CUDA || index == parameter.device_index)
            && (dtype ?? parameter.dtype) == parameter.dtype);
        if (isThere) return this;
        throw new NotSupportedException(
            $"{GetName()} can't be moved or cast: fused kernels, shared embeddings and optimizers hold its parameters. Make it on the device that it is for "
            + "(the device argument of constructors and FromPretrained), and set ComputeDtype for products in bfloat16; parameters stay float32.");
    }
}
