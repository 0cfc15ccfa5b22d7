using Electra.Native;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>Losses of examples and what they weigh, summed on the device to be read every so many updates.</summary>
internal sealed class RunningLoss(Device device) : IDisposable
{
    /// <summary>What a checkpoint holds. (2) float32: losses, weights.</summary>
    public Tensor Tensor { get; } = zeros(2, ScalarType.Float32, device).DetachFromDisposeScope();

    /// <summary>Adds a part.</summary>
    /// <param name="loss">Of all its examples. () float32</param>
    /// <param name="weight">What they weigh.</param>
    public void Add(Tensor loss, double weight)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor.narrow(0, 0, 1).add_(loss, Scalars.One);
        Tensor.narrow(0, 1, 1).add_(Scalars.Of(weight), Scalars.One);
    }

    /// <summary>Waits for the device, gives the mean and starts again.</summary>
    public double Read()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        float[] sums = Tensor.cpu().data<float>().ToArray();
        Tensor.zero_();
        return sums[0] / Math.Max(1e-30, sums[1]);
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose() => Tensor.Dispose();
}
