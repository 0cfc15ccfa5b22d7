using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>Losses and gradient norms of updates, summed on the device to be read every so many updates.</summary>
internal sealed class StepSums : IDisposable
{
    private readonly Tensor _sums; // (3) float32: loss, gradient norm, updates
    private readonly Tensor[] _sum; // its elements, (1) each

    /// <param name="device">Where losses are.</param>
    public StepSums(Device device)
    {
        _sums = zeros(3, ScalarType.Float32, device).DetachFromDisposeScope();
        _sum = [.. Enumerable.Range(0, 3).Select(i => _sums.narrow(0, i, 1).DetachFromDisposeScope())];
    }

    /// <summary>What a checkpoint holds.</summary>
    public Tensor Tensor => _sums;

    /// <summary>The part of it that is the losses; (1). The rest is the same on all ranks.</summary>
    public Tensor Loss => _sum[0];

    /// <summary>Adds the loss of a part. () float32</summary>
    public void AddLoss(Tensor loss)
    {
        using var _ = no_grad();
        _sum[0].add_(loss, Scalars.One);
    }

    /// <summary>Ends an update.</summary>
    public void EndStep(Tensor gradientNorm)
    {
        using var _ = no_grad();
        _sum[1].add_(gradientNorm, Scalars.One);
        _sum[2].add_(Scalars.One, Scalars.One);
    }

    /// <summary>Waits for the device: whether every loss and norm since the last read is a number.</summary>
    public bool AreFinite()
    {
        using var scope = NewDisposeScope();
        return _sums.isfinite().all().item<bool>();
    }

    /// <summary>Waits for the device, gives the updates since the last read and their mean gradient norm, and starts again.</summary>
    public (double Updates, double GradientNorm) Read()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        float[] sums = _sums.cpu().data<float>().ToArray();
        _sums.zero_();
        double updates = Math.Max(1, sums[2]);
        return (updates, sums[1] / updates);
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        foreach (Tensor element in _sum) element.Dispose();
        _sums.Dispose();
    }
}
