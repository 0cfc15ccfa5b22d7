using Electra.FineTuning;
using Electra.Samples.Pretrain.Reporting;
using Microsoft.Extensions.Logging;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Shows what the trainer warns of.</summary>
internal sealed class RunWarnings(RunConsole console) : ILogger<FineTuningTrainer>
{
    private readonly HashSet<string> _said = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string message = formatter(state, exception);
        if (IsEnabled(logLevel) && _said.Add(message)) console.Warn(message); // not once a seed
    }
}
