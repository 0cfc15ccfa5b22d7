using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Buffers that a pass leaves for the next one. A graph that nobody goes back through leaves them to the collector, which is told their size:
/// it knows of no other reason to run.
/// </summary>
/// <typeparam name="TKey">What they can be used for.</typeparam>
internal abstract class ReusableBuffers<TKey> : IDisposable
{
    private long _pressure;

    protected ReusableBuffers(TKey key) => Key = key;

    ~ReusableBuffers() => Relieve(); // buffers have finalizers of their own

    /// <summary>What they can be used for.</summary>
    public TKey Key { get; }

    /// <summary>Their size.</summary>
    public long Bytes { get; private set; }

    public void Dispose()
    {
        Free();
        Relieve();
        GC.SuppressFinalize(this);
    }

    /// <summary>To be called when all are made.</summary>
    protected void Weigh(IEnumerable<Tensor> buffers)
    {
        _pressure = Bytes = buffers.Sum(buffer => buffer.numel() * buffer.element_size());
        if (Bytes > 0) GC.AddMemoryPressure(Bytes);
    }

    /// <summary>Disposes of every tensor, views too.</summary>
    protected abstract void Free();

    private void Relieve()
    {
        long bytes = Interlocked.Exchange(ref _pressure, 0);
        if (bytes > 0) GC.RemoveMemoryPressure(bytes);
    }
}
