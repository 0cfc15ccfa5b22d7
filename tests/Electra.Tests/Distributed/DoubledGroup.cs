using Electra.Distributed;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>Rank 0 of two, whose other rank does the same: every sum is twice what is here.</summary>
internal sealed class DoubledGroup : IProcessGroup
{
    /// <summary>The length and place of what was summed beside computing, in order.</summary>
    public List<(nint Data, long Count)> Sums { get; } = [];

    public int Rank => 0;

    public int Size => 2;

    public void AllReduceSum(Tensor tensor)
    {
        using (no_grad()) tensor.mul_(Scalars.Of(2));
    }

    public void AllReduceSum(Span<double> values)
    {
        foreach (ref double value in values) value *= 2;
    }

    public Task AllReduceSumAsync(Tensor tensor, GradientCompression compression = GradientCompression.None)
    {
        Sums.Add((Aten.DataPointer(tensor), tensor.numel()));
        AllReduceSum(tensor);
        return Task.CompletedTask;
    }

    public void Broadcast(Tensor tensor, int root = 0)
    {
    }

    public void Broadcast(Span<byte> values, int root = 0)
    {
    }

    public void Barrier()
    {
    }

    public void Leave(int exitCode)
    {
    }

    public void Dispose()
    {
    }
}
