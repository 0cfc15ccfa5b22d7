using System.Diagnostics;
using System.Threading.Channels;
using Electra.Samples.Serve.Metrics;

namespace Electra.Samples.Serve.Batching;

/// <summary>
/// The queue before one model: requests that come close together go through the model together, in the order they came. One thread asks the model, so that
/// libtorch and ONNX Runtime have all processors for one batch at a time.
/// </summary>
internal sealed class BatchQueue<TInput, TOutput>
{
    private readonly Channel<BatchRequest<TInput, TOutput>> _waiting;
    private readonly BatchOptions _options;
    private readonly Func<IReadOnlyList<TInput>, CancellationToken, IReadOnlyList<TOutput>> _ask;
    private readonly ModelMetrics _metrics;
    private readonly Thread _thread;
    private Task<bool>? _more;

    /// <summary>Starts it.</summary>
    /// <param name="name">The model's, for the thread.</param>
    /// <param name="options">How requests are put together.</param>
    /// <param name="ask">Asks the model: one output an input, in their order.</param>
    /// <param name="metrics">Told of every batch.</param>
    public BatchQueue(
        string name, BatchOptions options, Func<IReadOnlyList<TInput>, CancellationToken, IReadOnlyList<TOutput>> ask, ModelMetrics metrics)
    {
        (_options, _ask, _metrics) = (options, ask, metrics);
        _waiting = Channel.CreateBounded<BatchRequest<TInput, TOutput>>(new BoundedChannelOptions(options.MaxWaiting) { SingleReader = true });
        metrics.ObserveQueue(() => _waiting.Reader.Count);
        _thread = new Thread(Work) { Name = $"model {name}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for the model's answer.</summary>
    /// <param name="inputs">One at least.</param>
    /// <param name="tokens">How many tokens they have.</param>
    /// <param name="aborted">Gives up waiting; where nobody of a batch waits any more the model stops between two passes.</param>
    /// <returns>One output an input.</returns>
    /// <exception cref="QueueFullException">As many requests wait as may.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<TOutput>> Ask(IReadOnlyList<TInput> inputs, int tokens, CancellationToken aborted)
    {
        var request = new BatchRequest<TInput, TOutput>(inputs, tokens, aborted);
        return _waiting.Writer.TryWrite(request) ? request.Answer() : throw new QueueFullException(_options.MaxWaiting);
    }

    /// <summary>Takes no more; returns when all that was taken is answered.</summary>
    public void Stop()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
    }

    private void Work()
    {
        while (Comes(Timeout.InfiniteTimeSpan)) Ask(Collect());
    }

    // Whether a request waits, or comes in time. The wait that runs out goes on in the next one.
    private bool Comes(TimeSpan within)
    {
        _more ??= _waiting.Reader.WaitToReadAsync().AsTask();
        if (!_more.Wait(within)) return false;
        bool comes = _more.Result;
        _more = null;
        return comes;
    }

    // Requests that waited while the model was busy have waited for others long enough.
    private List<BatchRequest<TInput, TOutput>> Collect()
    {
        var batch = new List<BatchRequest<TInput, TOutput>>();
        int tokens = 0;
        while (true)
        {
            while (_waiting.Reader.TryPeek(out BatchRequest<TInput, TOutput>? next))
            {
                if (batch.Count > 0 && tokens + next.Tokens > _options.MaxTokens) return batch;
                _waiting.Reader.TryRead(out _);
                if (next.Aborted.IsCancellationRequested) continue;
                batch.Add(next);
                tokens += next.Tokens;
            }

            if (batch.Count == 0 || tokens >= _options.MaxTokens) return batch;
            TimeSpan left = _options.Window - batch[0].Age;
            if (left <= TimeSpan.Zero || !Comes(left)) return batch;
        }
    }

    // What a batch fails for is the fault of one request, as a rule: each is asked again by itself.
    private void Ask(List<BatchRequest<TInput, TOutput>> batch)
    {
        if (batch.Count == 0) return;
        try
        {
            Answer(batch);
        }
        catch (OperationCanceledException) when (batch.All(request => request.Aborted.IsCancellationRequested))
        {
            // nobody waits
        }
        catch (Exception) when (batch.Count > 1)
        {
            foreach (BatchRequest<TInput, TOutput> request in batch) Ask([request]);
        }
        catch (Exception error)
        {
            batch[0].Fail(error);
        }
    }

    private void Answer(List<BatchRequest<TInput, TOutput>> batch)
    {
        foreach (BatchRequest<TInput, TOutput> request in batch) _metrics.Waited(request.Age);
        TInput[] inputs = [.. batch.SelectMany(request => request.Inputs)];
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<TOutput> outputs;
        using (var abandoned = new AbandonedBatch([.. batch.Select(request => request.Aborted)])) outputs = _ask(inputs, abandoned.Token);
        _metrics.Asked(batch.Count, inputs.Length, batch.Sum(request => request.Tokens), Stopwatch.GetElapsedTime(start));
        int next = 0;
        foreach (BatchRequest<TInput, TOutput> request in batch)
        {
            request.Complete([.. outputs.Skip(next).Take(request.Inputs.Count)]);
            next += request.Inputs.Count;
        }
    }
}
