namespace Electra.Benchmarks.CommandLine;

/// <summary>Something on the command line cannot work; the message is one line that says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
