using System.Runtime.InteropServices;

namespace Electra.Training;

/// <summary>
/// Turns Ctrl+C and SIGTERM into a cancellation, so that a run can save and leave. The second signal ends the process at once, as it
/// would without this class. Meant for programs: <c>using var signals = new ShutdownSignals(); trainer.Train(signals.Token);</c>.
/// </summary>
public sealed class ShutdownSignals : IDisposable
{
    // Not disposed: a handler may still run on another thread, and without a timer the source holds nothing to release.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    /// <summary>Starts listening.</summary>
    public ShutdownSignals() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The first signal; null while there was none.</summary>
    public PosixSignal? Signal { get; private set; }

    /// <summary>The exit code by which shells know the signal: 130 for Ctrl+C, 143 for SIGTERM, 0 when there was none.</summary>
    public int ExitCode => Signal switch { PosixSignal.SIGINT => 130, PosixSignal.SIGTERM => 143, _ => 0 };

    /// <summary>Stops listening; the default handling is back.</summary>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _received, 1) != 0) return;
        context.Cancel = true;
        Signal = context.Signal;
        _cancellation.Cancel();
    }
}
