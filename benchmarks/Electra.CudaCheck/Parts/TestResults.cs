using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Electra.CudaCheck.Parts;

/// <summary>Counts what xunit tells of the tests.</summary>
internal sealed class TestResults : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly ManualResetEventSlim _finished = new();

    public int Passed { get; private set; }

    /// <summary>Name, message and place of each failed test.</summary>
    public JsonArray Failures { get; } = [];

    /// <summary>Name and reason of each skipped test.</summary>
    public JsonArray Skips { get; } = [];

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestPassed:
                Passed++;
                break;
            case ITestSkipped skipped:
                Skips.Add(new JsonObject { ["test"] = skipped.Test.DisplayName, ["reason"] = skipped.Reason });
                break;
            case ITestFailed failed:
                Failures.Add(Failure(failed.Test.DisplayName, failed));
                break;
            case IErrorMessage error:
                Failures.Add(Failure("outside a test", error));
                break;
            case ITestAssemblyFinished:
                _finished.Set();
                break;
        }

        return true;
    }

    /// <summary>Waits for the last test.</summary>
    public void Wait() => _finished.Wait();

    public void Dispose() => _finished.Dispose();

    private static JsonObject Failure(string name, IFailureInformation failure) => new()
    {
        ["test"] = name,
        ["message"] = string.Join("; ", failure.Messages),
        ["at"] = failure.StackTraces.FirstOrDefault(trace => trace is not null),
    };
}
