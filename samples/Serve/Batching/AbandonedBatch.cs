namespace Electra.Samples.Serve.Batching;

/// <summary>Tells when every caller of a batch has gone.</summary>
internal sealed class AbandonedBatch : IDisposable
{
    private readonly CancellationTokenSource _all = new();
    private readonly CancellationTokenRegistration[] _callers;
    private int _left;

    public AbandonedBatch(IReadOnlyList<CancellationToken> callers)
    {
        _left = callers.Count;
        _callers = [.. callers.Select(caller => caller.UnsafeRegister(_ => Leave(), null))];
    }

    /// <summary>Cancelled then.</summary>
    public CancellationToken Token => _all.Token;

    public void Dispose()
    {
        foreach (CancellationTokenRegistration caller in _callers) caller.Dispose();
        _all.Dispose();
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _left) == 0) _all.Cancel();
    }
}
