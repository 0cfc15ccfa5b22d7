using Electra.Pretraining;
using Microsoft.Extensions.Logging;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Shows what the trainer warns of: alarms, and what it found changed or damaged when it took a run up.</summary>
internal sealed class ConsoleWarnings(RunConsole console) : ILogger<PretrainingTrainer>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) console.Warn(formatter(state, exception));
    }
}
