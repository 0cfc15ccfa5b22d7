namespace Electra.Modeling;

/// <summary>Buffers of one kind that no pass uses at the moment, for any thread. The ones used last are kept.</summary>
/// <typeparam name="TKey">What buffers can be used for.</typeparam>
/// <typeparam name="T">The buffers.</typeparam>
/// <param name="mostBytes">What may lie idle beside the ones used last, of whatever size those are.</param>
internal sealed class IdleBuffers<TKey, T>(long mostBytes) : IDisposable
    where TKey : struct
    where T : ReusableBuffers<TKey>
{
    private const int Most = 128; // to look through
    private readonly Lock _lock = new();
    private readonly List<T> _idle = []; // the one used last at the end
    private bool _disposed;

    /// <summary>
    /// Takes some out; null where there are none. Those that the caller makes then will be the ones used last: what is too much beside them is
    /// freed before they are made.
    /// </summary>
    public T? Take(TKey key)
    {
        List<T>? tooMany;
        lock (_lock)
        {
            for (int i = _idle.Count - 1; i >= 0; i--)
            {
                T found = _idle[i];
                if (!EqualityComparer<TKey>.Default.Equals(found.Key, key)) continue;
                _idle.RemoveAt(i);
                return found;
            }

            tooMany = TakeSurplus(exempt: 0);
        }

        Free(tooMany);
        return null;
    }

    /// <summary>Puts some in; frees those not used for longest where they are too much.</summary>
    public void Put(T buffers)
    {
        List<T>? tooMany;
        lock (_lock)
        {
            if (_disposed)
            {
                tooMany = [buffers]; // the model went before its backward pass
            }
            else
            {
                _idle.Add(buffers);
                tooMany = TakeSurplus(exempt: 1);
            }
        }

        Free(tooMany);
    }

    public void Dispose()
    {
        T[] all;
        lock (_lock)
        {
            _disposed = true;
            all = [.. _idle];
            _idle.Clear();
        }

        Free(all);
    }

    private List<T>? TakeSurplus(int exempt)
    {
        int first = _idle.Count - exempt;
        for (long bytes = 0; first > 0 && _idle.Count - first < Most && (bytes += _idle[first - 1].Bytes) <= mostBytes;) first--;
        if (first <= 0) return null;
        List<T> surplus = _idle[..first];
        _idle.RemoveRange(0, first);
        return surplus;
    }

    private static void Free(IEnumerable<T>? buffers)
    {
        foreach (T each in buffers ?? []) each.Dispose();
    }
}
