using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

/// <summary>
/// While it lives, an operator that makes the host wait for the GPU throws. It sets the variable that PyTorch's
/// <c>torch.cuda.set_sync_debug_mode("error")</c> sets, which has no function of its own in libtorch.
/// </summary>
internal sealed unsafe class SynchronizationWatch : IDisposable
{
    private const string Variable = "_ZZN3c104cuda13warning_stateEvE14warning_state_";
    private const int Off = 0, Error = 2;
    private readonly List<nint> _addresses = [];

    /// <summary>Begins to watch; skips the calling test when this libtorch does not let it.</summary>
    public SynchronizationWatch(Device device)
    {
        // One variable, or one in each library that has the header's function inline.
        foreach (string library in (string[])["libc10_cuda.so", "libtorch_cuda.so"])
        {
            if (NativeLibrary.TryLoad(library, out nint handle) && NativeLibrary.TryGetExport(handle, Variable, out nint address))
                _addresses.Add(address);
        }

        Set(Error);
        Skip.IfNot(Throws(device), "this libtorch cannot tell of waits");
    }

    public void Dispose() => Set(Off);

    private void Set(int mode)
    {
        foreach (nint address in _addresses) *(int*)address = mode;
    }

    private bool Throws(Device device)
    {
        using Tensor x = ones(1, device: device);
        try
        {
            x.ToSingle();
        }
        catch (ExternalException)
        {
            return true;
        }

        Set(Off);
        return false;
    }
}
