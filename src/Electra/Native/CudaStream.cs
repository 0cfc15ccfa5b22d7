using System.Runtime.InteropServices;

namespace Electra.Native;

/// <summary>The stream that libtorch puts this thread's work on. What others put there comes after that work and before what follows, and nobody waits.</summary>
internal static unsafe class CudaStream
{
    private static readonly Lazy<nint> GetCurrent = new(() => NativeLibrary.GetExport(NativeBackend.LibtorchCuda, "aoti_torch_get_current_cuda_stream"));

    /// <summary>The current stream of a device.</summary>
    /// <param name="device">The device's number.</param>
    /// <returns>A cudaStream_t.</returns>
    public static nint Current(int device)
    {
        void* stream = null;
        Aten.Check(((delegate* unmanaged<int, void**, int>)GetCurrent.Value)(device, &stream), "aoti_torch_get_current_cuda_stream");
        return (nint)stream;
    }
}
