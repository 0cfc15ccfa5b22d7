using System.Runtime.InteropServices;

namespace Electra.Training;

/// <summary>
/// Turns Ctrl+C and SIGTERM into a cancellation, so that a run can save and leave. A second signal ends the process at once, as it would
/// without this class, unless it comes within the grace: one request often arrives twice, since a terminal or a launcher signals both a
/// process and its group. Meant for programs: <c>using var signals = new ShutdownSignals(); trainer.Train(signals.Token);</c>.
/// </summary>
public sealed class ShutdownSignals : IDisposable
{
    // Not disposed: a handler may still run on another thread, and without a timer the source holds nothing to release.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _lock = new();
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly PosixSignalRegistration[] _registrations;
    private long _first;

    /// <summary>Starts listening.</summary>
    /// <param name="grace">How long further signals belong to the first. <value>Default: 1 second.</value></param>
    /// <param name="time">The clock. <value>Default: the system's.</value></param>
    public ShutdownSignals(TimeSpan? grace = null, TimeProvider? time = null)
    {
        (_grace, _time) = (grace ?? TimeSpan.FromSeconds(1), time ?? TimeProvider.System);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The first signal; null while there was none.</summary>
    public PosixSignal? Signal { get; private set; }

    /// <summary>The exit code by which shells know the signal: 130 for Ctrl+C, 143 for SIGTERM, 0 when there was none.</summary>
    public int ExitCode => Signal switch { PosixSignal.SIGINT => 130, PosixSignal.SIGTERM => 143, _ => 0 };

    /// <summary>Stops listening; the default handling is back.</summary>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    /// <summary>Handles a signal, on a thread of the runtime's.</summary>
    internal void Handle(PosixSignalContext context)
    {
        lock (_lock)
        {
            bool isFirst = Signal is null;
            if (isFirst) (Signal, _first) = (context.Signal, _time.GetTimestamp());
            context.Cancel = isFirst || _time.GetElapsedTime(_first) < _grace;
            if (!isFirst) return;
        }

        _cancellation.Cancel();
    }
}
