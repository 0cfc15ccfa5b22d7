using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Electra.Samples.Serve.Batching;
using Electra.Samples.Serve.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Electra.Tests.Serving;

/// <summary>Requests before a model: which go through it together, and what each caller gets.</summary>
public sealed class BatchQueueTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _began = new(0);
    private readonly ConcurrentQueue<string> _batches = new();

    public void Dispose()
    {
        _gate.Set();
        _services.Dispose();
    }

    [Fact]
    public async Task What_comes_while_the_model_is_busy_goes_together_up_to_the_limit()
    {
        BatchQueue<int, int> queue = Queue(new(TimeSpan.Zero, MaxTokens: 10, MaxWaiting: 100));
        Task<IReadOnlyList<int>> first = queue.Ask([1], 1, default);
        await _began.WaitAsync();
        Task<IReadOnlyList<int>>[] others = [queue.Ask([2, 3], 4, default), queue.Ask([4], 6, default), queue.Ask([5], 1, default), queue.Ask([6], 50, default)];
        _gate.Set();
        Assert.Equal([10], await first);
        Assert.Equal([[20, 30], [40], [50], [60]], await Task.WhenAll(others));
        Assert.Equal(["1", "2 3 4", "5", "6"], _batches);
        queue.Stop();
    }

    [Fact]
    public async Task A_lone_request_waits_for_the_window_alone()
    {
        _gate.Set();
        BatchQueue<int, int> queue = Queue(new(TimeSpan.FromSeconds(60), MaxTokens: 4, MaxWaiting: 100));
        Task<IReadOnlyList<int>> one = queue.Ask([1], 2, default), other = queue.Ask([2], 2, default); // full: nothing more to wait for
        Assert.Equal([[10], [20]], await Task.WhenAll(one, other));
        Assert.Equal(["1 2"], _batches);
        queue.Stop();

        BatchQueue<int, int> quick = Queue(new(TimeSpan.FromMilliseconds(1), MaxTokens: 4, MaxWaiting: 100));
        Assert.Equal([30], await quick.Ask([3], 1, default));
        quick.Stop();
    }

    [Fact]
    public async Task Only_so_many_wait()
    {
        BatchQueue<int, int> queue = Queue(new(TimeSpan.Zero, MaxTokens: 1, MaxWaiting: 2));
        Task<IReadOnlyList<int>> first = queue.Ask([1], 1, default);
        await _began.WaitAsync();
        Task<IReadOnlyList<int>>[] waiting = [queue.Ask([2], 1, default), queue.Ask([3], 1, default)];
        Assert.Contains("2 requests", (await Assert.ThrowsAsync<QueueFullException>(() => queue.Ask([4], 1, default))).Message, StringComparison.Ordinal);
        _gate.Set();
        Assert.Equal([[10], [20], [30]], await Task.WhenAll([first, .. waiting]));
        queue.Stop();
    }

    [Fact]
    public async Task Who_has_gone_is_not_asked_for_and_a_batch_of_such_alone_is_given_up()
    {
        BatchQueue<int, int> queue = Queue(new(TimeSpan.Zero, MaxTokens: 100, MaxWaiting: 100));
        using CancellationTokenSource one = new(), other = new();
        Task<IReadOnlyList<int>> running = queue.Ask([1], 1, one.Token);
        await _began.WaitAsync();
        Task<IReadOnlyList<int>> waiting = queue.Ask([2], 1, other.Token), stays = queue.Ask([3], 1, default);
        other.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        one.Cancel(); // the gate is still closed: the model itself is stopped
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await _began.WaitAsync();
        _gate.Set();
        Assert.Equal([30], await stays);
        Assert.Equal(["1", "3"], _batches);
        queue.Stop();
    }

    [Fact]
    public async Task A_request_that_the_model_fails_for_fails_alone()
    {
        BatchQueue<int, int> queue = Queue(new(TimeSpan.Zero, MaxTokens: 100, MaxWaiting: 100));
        Task<IReadOnlyList<int>> first = queue.Ask([1], 1, default);
        await _began.WaitAsync();
        Task<IReadOnlyList<int>> good = queue.Ask([2], 1, default), bad = queue.Ask([-1], 1, default), alsoGood = queue.Ask([3], 1, default);
        _gate.Set();
        Assert.Equal([[10], [20], [30]], await Task.WhenAll(first, good, alsoGood));
        Assert.Equal("negative", (await Assert.ThrowsAsync<ArgumentException>(() => bad)).Message);
        queue.Stop();
    }

    [Fact]
    public async Task A_stop_answers_all_that_was_taken()
    {
        BatchQueue<int, int> queue = Queue(new(TimeSpan.FromMilliseconds(1), MaxTokens: 3, MaxWaiting: 100));
        Task<IReadOnlyList<int>>[] taken = [.. Enumerable.Range(1, 20).Select(i => queue.Ask([i], 1, default))];
        Task stop = Task.Run(queue.Stop);
        _gate.Set();
        await stop;
        Assert.Equal(Enumerable.Range(1, 20).Select(i => i * 10), (await Task.WhenAll(taken)).SelectMany(answer => answer));
        await Assert.ThrowsAsync<QueueFullException>(() => queue.Ask([1], 1, default));
    }

    // Says when it begins, waits for the gate, and multiplies by ten.
    private BatchQueue<int, int> Queue(BatchOptions options) => new(
        "test", options,
        (inputs, stop) =>
        {
            _batches.Enqueue(string.Join(' ', inputs));
            _began.Release();
            _gate.Wait(stop);
            return inputs.Any(input => input < 0) ? throw new ArgumentException("negative") : [.. inputs.Select(input => input * 10)];
        },
        new ModelMetrics(new ServeMetrics(_services.GetRequiredService<IMeterFactory>()), "test", "multiply"));
}
