namespace Electra.Training;

/// <summary>
/// Measures tokens a second and the time left over a sliding window of recent steps. Time within <see cref="Pause"/> (evaluation, saving)
/// does not count. Not thread-safe.
/// </summary>
public sealed class Throughput
{
    private readonly TimeProvider time;
    private readonly TimeSpan window;
    private readonly Queue<Mark> marks = new();
    private readonly long started;
    private TimeSpan paused;
    private long? pauseStarted;
    private Mark last;

    /// <summary>Starts the clock.</summary>
    /// <param name="window">How far back the rate looks. <value>Default: 30 seconds.</value> A longer step always counts whole.</param>
    /// <param name="time">The clock. <value>Default: the system's.</value></param>
    public Throughput(TimeSpan? window = null, TimeProvider? time = null)
    {
        this.window = window ?? TimeSpan.FromSeconds(30);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(this.window, TimeSpan.Zero, nameof(window));
        this.time = time ?? TimeProvider.System;
        started = this.time.GetTimestamp();
        marks.Enqueue(last);
    }

    /// <summary>Steps counted since the start.</summary>
    public long Steps => last.Steps;

    /// <summary>Tokens counted since the start.</summary>
    public long Tokens => last.Tokens;

    /// <summary>Time since the start without pauses.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(started, pauseStarted ?? time.GetTimestamp()) - paused;

    /// <summary>The rate over the window up to the last <see cref="AddStep"/>; 0 before the first.</summary>
    public double TokensPerSecond => Rate(last.Tokens - marks.Peek().Tokens);

    /// <summary>The rate over the window up to the last <see cref="AddStep"/>; 0 before the first.</summary>
    public double StepsPerSecond => Rate(last.Steps - marks.Peek().Steps);

    /// <summary>Counts a finished step.</summary>
    /// <param name="tokens">The tokens it trained on, 0 or more.</param>
    public void AddStep(long tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        last = new Mark(Elapsed, last.Steps + 1, last.Tokens + tokens);
        marks.Enqueue(last);

        // The oldest mark is where the window begins; it is dropped only when the next one still covers the window.
        while (marks.Count > 2 && last.At - marks.ElementAt(1).At >= window) marks.Dequeue();
    }

    /// <summary>Stops the clock until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">The clock is stopped already.</exception>
    public IDisposable Pause()
    {
        if (pauseStarted is not null) throw new InvalidOperationException("The clock is stopped already; pauses do not nest.");
        pauseStarted = time.GetTimestamp();
        return new Resumption(this);
    }

    /// <summary>The time that more steps will take at the window's rate, without pauses; null before the first step.</summary>
    /// <param name="steps">The number of steps to go.</param>
    public TimeSpan? Remaining(long steps) =>
        StepsPerSecond > 0 && steps / StepsPerSecond < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(steps / StepsPerSecond) : null;

    private double Rate(long count)
    {
        double seconds = (last.At - marks.Peek().At).TotalSeconds;
        return seconds > 0 ? count / seconds : 0;
    }

    private readonly record struct Mark(TimeSpan At, long Steps, long Tokens);

    private sealed class Resumption(Throughput owner) : IDisposable
    {
        public void Dispose()
        {
            if (owner.pauseStarted is not { } begin) return;
            owner.paused += owner.time.GetElapsedTime(begin);
            owner.pauseStarted = null;
        }
    }
}
