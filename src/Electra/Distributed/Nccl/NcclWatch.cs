using System.Diagnostics;

namespace Electra.Distributed;

/// <summary>
/// Looks after a communicator from a thread of its own: whether NCCL has met an error, and whether the host has waited too long in one call. Then it aborts the
/// communicator, which ends what the GPU waits for, so that the host goes on and learns why; a host that does not come back is ended with the process.
/// </summary>
internal sealed class NcclWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Func<string?> _error;
    private readonly Action _abort;
    private readonly TimeSpan _grace;
    private readonly Action<string> _end;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Lock _calls = new();
    private readonly Thread _thread;
    private volatile Wait? _wait;
    private volatile ProcessGroupException? _failure;

    /// <summary>Begins to look.</summary>
    /// <param name="error">NCCL's error; null for none.</param>
    /// <param name="abort">Aborts the communicator.</param>
    /// <param name="grace">How long the host may take to come back afterwards. <value>Default: 30 seconds.</value></param>
    /// <param name="end">Ends the process, with a reason. <value>Default: at once, with the reason on the error output.</value></param>
    public NcclWatch(Func<string?> error, Action abort, TimeSpan? grace = null, Action<string>? end = null)
    {
        (_error, _abort, _grace, _end) = (error, abort, grace ?? TimeSpan.FromSeconds(30), end ?? Environment.FailFast);
        _thread = new Thread(Look) { IsBackground = true, Name = "NCCL watch" };
        _thread.Start();
    }

    /// <summary>Throws what went wrong, if something did.</summary>
    /// <exception cref="ProcessGroupException">It did.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure) throw new ProcessGroupException(failure.Message, failure.Ranks);
    }

    /// <summary>Makes a call of NCCL's, which must not be made of a communicator that is being aborted, and waits for others the first times only.</summary>
    /// <param name="call">It.</param>
    /// <param name="timeout">How long it may last, where it is not part of a longer wait.</param>
    /// <exception cref="ProcessGroupException">It failed, or something had gone wrong before.</exception>
    public void Call(Action call, TimeSpan timeout)
    {
        lock (_calls)
        {
            if (_wait is null) WaitFor(call, timeout);
            else Guarded(call);
        }
    }

    /// <summary>Does something that the host waits in.</summary>
    /// <param name="wait">It.</param>
    /// <param name="timeout">How long it may last.</param>
    /// <exception cref="ProcessGroupException">It lasted longer, or something went wrong.</exception>
    public void WaitFor(Action wait, TimeSpan timeout)
    {
        _wait = new Wait(Stopwatch.GetTimestamp(), timeout);
        try
        {
            Guarded(wait);
        }
        finally
        {
            _wait = null;
        }

        ThrowIfFailed();
    }

    /// <summary>Looks no more.</summary>
    public void Dispose()
    {
        _stop.Set();
        if (_thread.Join(TimeSpan.FromSeconds(5))) _stop.Dispose();
    }

    // What fails after an abort fails because of it.
    private void Guarded(Action action)
    {
        ThrowIfFailed();
        try
        {
            action();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && _failure is not null)
        {
            ThrowIfFailed();
        }
    }

    private void Look()
    {
        while (!_stop.Wait(Interval))
        {
            if (_wait is { IsTooLong: true } wait) Fail($"Waited for {wait.Timeout.TotalSeconds:0.#} seconds in vain for the other ranks: one has stalled or is lost, and nobody can go on.");
            else if (_calls.TryEnter()) FailOnError();
            if (_failure is not null) break;
        }

        if (_failure is not null && _wait is not null && !IsBackWithin(_grace)) _end(_failure.Message);
    }

    // A call under way holds the lock: only the limit of waiting ends it.
    private void FailOnError()
    {
        try
        {
            if (_error() is { } text) Fail($"NCCL met an error in what ranks do together: {text}. A rank or the network between them was lost, and nobody can go on.");
        }
        finally
        {
            _calls.Exit();
        }
    }

    private void Fail(string message)
    {
        _failure = new ProcessGroupException(message, []);
        _abort();
    }

    private bool IsBackWithin(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (_wait is not null && Stopwatch.GetElapsedTime(start) < time)
            if (_stop.Wait(Interval)) return true;
        return _wait is null;
    }

    private sealed record Wait(long Start, TimeSpan Timeout)
    {
        public bool IsTooLong => Timeout != System.Threading.Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(Start) > Timeout;
    }
}
