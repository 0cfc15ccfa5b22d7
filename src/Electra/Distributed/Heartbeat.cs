using System.Runtime.ExceptionServices;

namespace Electra.Distributed;

/// <summary>
/// The sign of life of a process in work that it does for itself, between two calls of its group, and that may take long: the work <see cref="Beat"/>s as it gets on, and the
/// processes exchange that twice a second or more often. So no work is too slow, but one that stands still for as long as the group waits is noticed by all others.
/// </summary>
public sealed class Heartbeat
{
    private const int Working = 0, Done = 1, Stopped = 2, Failed = 3;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly IProcessGroup _group;
    private readonly CancellationTokenSource _stop;
    private readonly ManualResetEventSlim _hasEnded;
    private volatile bool _hasBeaten = true;
    private volatile int _state = Working;
    private double[] _states = [];
    private Exception? _lost;

    private Heartbeat(IProcessGroup group, CancellationTokenSource stop, ManualResetEventSlim hasEnded) => (_group, _stop, _hasEnded) = (group, stop, hasEnded);

    /// <summary>Asks the work to stop: the caller does, or another process has failed, was told to stop or is lost.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Says that the work has got on. Costs nothing, may be called from any thread, and should be by whatever takes longer than a few seconds.</summary>
    public void Beat() => _hasBeaten = true;

    /// <summary>Has every process do something of its own, and waits until all have.</summary>
    /// <param name="group">All processes, each of which calls this.</param>
    /// <param name="work">What this one does, on the calling thread; it must not call the group.</param>
    /// <param name="cancellationToken">Stops the work of all.</param>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <returns>What it gave.</returns>
    /// <exception cref="ProcessGroupException">
    /// A process was lost or stood still. Or the work of another one failed: that one throws what its work threw, the lowest if there are several, and all others throw this
    /// when it has left the group.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work of a process was cancelled.</exception>
    public static T Run<T>(IProcessGroup group, Func<Heartbeat, T> work, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hasEnded = new ManualResetEventSlim();
        var heartbeat = new Heartbeat(group, stop, hasEnded);
        return group.Size == 1 ? work(heartbeat) : heartbeat.Watched(work);
    }

    /// <summary>Has rank 0 do something that may take long while the others wait for it, and gives its result to all.</summary>
    /// <param name="group">All processes, each of which calls this.</param>
    /// <param name="work">Is called on rank 0 only.</param>
    /// <param name="cancellationToken">Stops it; that of rank 0 counts.</param>
    /// <typeparam name="T">What can be written as JSON and read again.</typeparam>
    /// <exception cref="ProcessGroupException">As above.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static T AtRankZero<T>(IProcessGroup group, Func<Heartbeat, T> work, CancellationToken cancellationToken = default)
    {
        T? result = Run(group, heartbeat => group.Rank == 0 ? work(heartbeat) : default, cancellationToken);
        return group.AtRankZero(() => result!);
    }

    private T Watched<T>(Func<Heartbeat, T> work)
    {
        var watch = new Thread(Watch) { IsBackground = true, Name = "Heartbeat" };
        watch.Start();
        T? result = default;
        Exception? own = null;
        try
        {
            result = work(this);
            _state = Done;
        }
#pragma warning disable CA1031 // whatever it is is thrown below, by the process that tells of it
        catch (Exception exception)
#pragma warning restore CA1031
        {
            (own, _state) = (exception, exception is OperationCanceledException ? Stopped : Failed);
        }

        _hasEnded.Set();
        watch.Join();
        if (_lost is not null) ExceptionDispatchInfo.Throw(_state == Failed ? own! : _lost);
        int failed = Array.IndexOf(_states, Failed);
        if (failed == _group.Rank) ExceptionDispatchInfo.Throw(own!);
        if (failed >= 0) WaitUntilItLeaves(failed);
        if (!_states.Contains(Stopped)) return result!;
        if (own is not null) ExceptionDispatchInfo.Throw(own);
        throw new OperationCanceledException("Another rank was told to stop.");
    }

    // All take part in each exchange, those whose work is over at once; one whose work does not beat keeps the others waiting, until the group's patience is over.
    private void Watch()
    {
        TimeSpan pause = ShortestPause; // short work is over at once; in long work, waiting for the others' next exchange costs little
        try
        {
            do
            {
                _hasEnded.Wait(pause);
                while (!_hasBeaten && !_hasEnded.IsSet) _hasEnded.Wait(pause);
                _hasBeaten = false;
                if (pause < LongestPause) pause *= 2;
                var states = new double[_group.Size];
                states[_group.Rank] = _state;
                _group.AllReduceSum(states);
                _states = states;
                if (states.Any(state => state >= Stopped)) _stop.Cancel();
            }
            while (_states.Contains(Working));
        }
#pragma warning disable CA1031 // thrown again by who waits for the work
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _lost = exception;
            _stop.Cancel();
        }
    }

    // Its exit code comes with the word that it leaves.
    private void WaitUntilItLeaves(int failed)
    {
        _group.Barrier();
        throw new ProcessGroupException($"Rank {failed} has failed.", [failed], wasReported: true);
    }
}
