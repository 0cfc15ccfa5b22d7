using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Tensors as arrays.</summary>
internal static class HostCopy
{
    /// <summary>Waits for the device and gives all elements in order.</summary>
    public static T[] Of<T>(Tensor tensor)
        where T : unmanaged
    {
        using Tensor host = tensor.cpu().reshape(-1);
        return host.data<T>().ToArray();
    }
}
