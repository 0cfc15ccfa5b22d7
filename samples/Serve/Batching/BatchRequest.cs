using System.Diagnostics;

namespace Electra.Samples.Serve.Batching;

/// <summary>What one caller wants to know.</summary>
/// <param name="inputs">Asked about.</param>
/// <param name="tokens">How many tokens those have.</param>
/// <param name="aborted">The caller has gone.</param>
internal sealed class BatchRequest<TInput, TOutput>(IReadOnlyList<TInput> inputs, int tokens, CancellationToken aborted)
{
    private readonly TaskCompletionSource<IReadOnlyList<TOutput>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _came = Stopwatch.GetTimestamp();

    public IReadOnlyList<TInput> Inputs => inputs;

    public int Tokens => tokens;

    /// <summary>Cancelled when the caller has gone.</summary>
    public CancellationToken Aborted => aborted;

    /// <summary>How long ago it came.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_came);

    /// <summary>The answer to come. A caller who has gone is not kept waiting.</summary>
    public async Task<IReadOnlyList<TOutput>> Answer()
    {
        using CancellationTokenRegistration _ = aborted.UnsafeRegister(_ => _answer.TrySetCanceled(aborted), null);
        return await _answer.Task.ConfigureAwait(false);
    }

    /// <summary>Answers.</summary>
    public void Complete(IReadOnlyList<TOutput> outputs) => _answer.TrySetResult(outputs);

    /// <summary>Tells why there is no answer.</summary>
    public void Fail(Exception error) => _answer.TrySetException(error);
}
