using System.Diagnostics;

namespace Electra.Training;

/// <summary>A checkpoint that a thread of its own writes.</summary>
internal sealed class CheckpointWrite
{
    private readonly Task<string> _task;
    private TimeSpan _time;

    /// <summary>Begins to write.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="evaluatedStep">The step of the last evaluation by then.</param>
    /// <param name="write">Writes it and gives its folder.</param>
    public CheckpointWrite(long step, long evaluatedStep, Func<string> write)
    {
        (Step, EvaluatedStep) = (step, evaluatedStep);
        _task = Task.Factory.StartNew(
            () =>
            {
                long start = Stopwatch.GetTimestamp();
                string folder = write();
                _time = Stopwatch.GetElapsedTime(start);
                return folder;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Updates made when it was begun.</summary>
    public long Step { get; }

    /// <summary>The step of the last evaluation by then.</summary>
    public long EvaluatedStep { get; }

    /// <summary>Whether it has been written, or has failed.</summary>
    public bool IsOver => _task.IsCompleted;

    /// <summary>Waits for its end.</summary>
    /// <returns>Its folder, and how long the writing took.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public (string Folder, TimeSpan Time) Wait() => (_task.GetAwaiter().GetResult(), _time);
}
