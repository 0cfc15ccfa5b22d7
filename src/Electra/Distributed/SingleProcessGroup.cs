using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>A group of one process, for which there is nothing to do.</summary>
public sealed class SingleProcessGroup : IProcessGroup
{
    /// <inheritdoc/>
    /// <value>0</value>
    public int Rank => 0;

    /// <inheritdoc/>
    /// <value>1</value>
    public int Size => 1;

    /// <inheritdoc/>
    public void AllReduceSum(Tensor tensor)
    {
    }

    /// <inheritdoc/>
    public void AllReduceSum(Span<double> values)
    {
    }

    /// <inheritdoc/>
    public Task AllReduceSumAsync(Tensor tensor, GradientCompression compression = GradientCompression.None) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor, int root = 0)
    {
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values, int root = 0)
    {
    }

    /// <inheritdoc/>
    public void Barrier()
    {
    }

    /// <inheritdoc/>
    public void Leave(int exitCode)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
