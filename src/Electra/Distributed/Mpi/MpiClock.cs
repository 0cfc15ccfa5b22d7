using System.Diagnostics;

namespace Electra.Distributed;

/// <summary>How to wait within MPI, which goes on only while it is asked: without a pause at first, for that is when most of it is over, then ever more at rest.</summary>
internal readonly struct MpiClock(TimeSpan timeout)
{
    private static readonly TimeSpan Tight = TimeSpan.FromMilliseconds(2), Polite = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Whether it has lasted so long that something may be wrong.</summary>
    public bool IsSlow => Stopwatch.GetElapsedTime(_start) > Polite;

    /// <summary>Pauses between two questions.</summary>
    /// <returns>False when the time is over.</returns>
    public bool Pause()
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (elapsed < Tight) Thread.SpinWait(20);
        else if (elapsed < Polite) Thread.Yield();
        else Thread.Sleep(1);
        return timeout == Timeout.InfiniteTimeSpan || elapsed < timeout;
    }
}
