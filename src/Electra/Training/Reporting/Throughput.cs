namespace Electra.Training;

/// <summary>
/// Measures tokens a second and the time left over a sliding window of recent steps. Time within <see cref="Pause"/> (evaluation, saving)
/// does not count. Not thread-safe.
/// </summary>
internal sealed class Throughput
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _window;
    private readonly Queue<Mark> _marks = new();
    private readonly long _started;
    private TimeSpan _paused;
    private long? _pauseStarted;
    private int _pauses;
    private Mark _last;

    /// <summary>Starts the clock.</summary>
    /// <param name="window">How far back the rate looks. <value>Default: 30 seconds.</value> A longer step always counts whole.</param>
    /// <param name="time">The clock. <value>Default: the system's.</value></param>
    public Throughput(TimeSpan? window = null, TimeProvider? time = null)
    {
        _window = window ?? TimeSpan.FromSeconds(30);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_window, TimeSpan.Zero, nameof(window));
        _time = time ?? TimeProvider.System;
        _started = _time.GetTimestamp();
        _marks.Enqueue(_last);
    }

    /// <summary>Steps counted since the start.</summary>
    public long Steps => _last.Steps;

    /// <summary>Tokens counted since the start.</summary>
    public long Tokens => _last.Tokens;

    /// <summary>Time since the start without pauses.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started, _pauseStarted ?? _time.GetTimestamp()) - _paused;

    /// <summary>Time since the start, pauses included.</summary>
    public TimeSpan WallClock => _time.GetElapsedTime(_started);

    /// <summary>The rate over the window up to the last <see cref="AddStep"/>; 0 before the first.</summary>
    public double TokensPerSecond => Rate(_last.Tokens - _marks.Peek().Tokens);

    /// <summary>The rate over the window up to the last <see cref="AddStep"/>; 0 before the first.</summary>
    public double StepsPerSecond => Rate(_last.Steps - _marks.Peek().Steps);

    /// <summary>The rate over the window up to the last <see cref="AddStep"/>, padding included; 0 before the first.</summary>
    public double PositionsPerSecond => Rate(_last.Positions - _marks.Peek().Positions);

    /// <summary>Counts a finished step.</summary>
    /// <param name="tokens">The tokens it trained on, 0 or more.</param>
    /// <param name="positions">The same with padding; null when nothing is padding.</param>
    public void AddStep(long tokens, long? positions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        _last = new Mark(Elapsed, _last.Steps + 1, _last.Tokens + tokens, _last.Positions + (positions ?? tokens));
        _marks.Enqueue(_last);

        // The oldest mark is where the window begins; it is dropped only when the next one still covers the window.
        while (_marks.Count > 2 && _last.At - _marks.ElementAt(1).At >= _window) _marks.Dequeue();
    }

    /// <summary>Stops the clock until the result is disposed; of pauses within each other, the outermost counts.</summary>
    public IDisposable Pause()
    {
        if (_pauses++ == 0) _pauseStarted = _time.GetTimestamp();
        return new Resumption(this);
    }

    /// <summary>The time that more steps will take at the window's rate, without pauses; null before the first step.</summary>
    /// <param name="steps">The number of steps to go.</param>
    public TimeSpan? Remaining(long steps) => Time(steps, StepsPerSecond);

    /// <summary>The same for steps of several sizes, whose time is taken to grow with their positions.</summary>
    /// <param name="positions">The positions of all steps to go, padding included.</param>
    public TimeSpan? RemainingPositions(double positions) => Time(positions, PositionsPerSecond);

    private static TimeSpan? Time(double count, double rate) =>
        rate > 0 && count / rate < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(count / rate) : null;

    private double Rate(long count)
    {
        double seconds = (_last.At - _marks.Peek().At).TotalSeconds;
        return seconds > 0 ? count / seconds : 0;
    }

    private readonly record struct Mark(TimeSpan At, long Steps, long Tokens, long Positions);

    private void Resume()
    {
        if (--_pauses > 0) return;
        _paused += _time.GetElapsedTime(_pauseStarted!.Value);
        _pauseStarted = null;
    }

    private sealed class Resumption(Throughput owner) : IDisposable
    {
        private bool _over;

        public void Dispose()
        {
            if (!_over) owner.Resume();
            _over = true;
        }
    }
}
