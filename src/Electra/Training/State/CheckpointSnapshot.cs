using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// A copy in host memory of the tensors that a checkpoint holds, so that training can go on while they are written. The memory is taken at the first copy
/// and used again for each further one.
/// </summary>
internal sealed class CheckpointSnapshot : IDisposable
{
    private readonly Dictionary<string, Tensor> _buffers = new(StringComparer.Ordinal);

    /// <summary>Copies tensors; waits for their device.</summary>
    /// <param name="tensors">Names and tensors, the same each time; they stay the caller's.</param>
    /// <returns>The copies in the same order, good until the next call.</returns>
    public IReadOnlyList<(string Name, Tensor Tensor)> Take(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        using var _ = no_grad();
        return [.. tensors.Select(item => (item.Name, Copy(item.Name, item.Tensor)))];
    }

    /// <summary>Frees the copies.</summary>
    public void Dispose()
    {
        foreach (Tensor buffer in _buffers.Values) buffer.Dispose();
        _buffers.Clear();
    }

    private Tensor Copy(string name, Tensor tensor)
    {
        if (!_buffers.TryGetValue(name, out Tensor? buffer))
            _buffers[name] = buffer = empty(tensor.shape, tensor.dtype, CPU).DetachFromDisposeScope();
        buffer.copy_(tensor);
        return buffer;
    }
}
