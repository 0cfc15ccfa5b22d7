using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>A loss that is reported as a mean over updates, summed on the device.</summary>
/// <param name="name">What a checkpoint calls it.</param>
/// <param name="device">Where it is.</param>
internal sealed class LossSum(string name, Device device) : IDisposable
{
    private readonly Tensor _sum = zeros([], ScalarType.Float32, device).DetachFromDisposeScope();

    /// <summary>What a checkpoint holds.</summary>
    public (string Name, Tensor Tensor) State => (name, _sum);

    /// <summary>Adds the loss of some rows. () float32</summary>
    public void Add(Tensor loss)
    {
        using var _ = no_grad();
        _sum.add_(loss, Scalars.One);
    }

    /// <summary>Waits for the device, gives the mean and starts again.</summary>
    public double Read(double updates)
    {
        using var _ = no_grad();
        using Tensor host = _sum.cpu();
        double mean = host.item<float>() / updates;
        _sum.zero_();
        return mean;
    }

    public void Dispose() => _sum.Dispose();
}
