using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Electra.Data;

/// <summary>
/// Reads batches ahead on a background thread, in the order in which a caller without it would read them. One thread is enough: a batch
/// takes far less time to read than a step to compute. For one consumer.
/// </summary>
internal sealed class PrefetchingBatchLoader : IDisposable
{
    private readonly PretrainingExamples _examples;
    private readonly int _batchSize, _skip, _stride;
    private readonly bool _pinned;
    private readonly TimeProvider _time;
    private readonly BlockingCollection<TokenBatch> _ready;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private bool _disposed;

    /// <summary>Starts to read ahead.</summary>
    /// <param name="examples">The examples to read; must stay open while the loader lives.</param>
    /// <param name="start">The position of the first batch.</param>
    /// <param name="batchSize">The examples of a batch.</param>
    /// <param name="capacity">How many batches may wait; default 4.</param>
    /// <param name="pinned">
    /// Whether batches are in page-locked memory, for copies to a GPU that nobody waits for; needs CUDA. Default false.
    /// </param>
    /// <param name="time">The clock of <see cref="WaitTime"/>; default the system's.</param>
    /// <param name="skip">For who reads a part of larger batches only: the examples before that part; default 0.</param>
    /// <param name="stride">The examples of those larger batches; default null: the batches are read whole.</param>
    /// <exception cref="ArgumentException">The position lies outside the examples, or a number is below 1.</exception>
    public PrefetchingBatchLoader(
        PretrainingExamples examples, DataPosition start, int batchSize, int capacity = 4, bool pinned = false, TimeProvider? time = null, int skip = 0,
        int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (_examples, _batchSize, _pinned, Position) = (examples, batchSize, pinned, examples.Advance(start, 0));
        (_skip, _stride) = (skip, stride ?? batchSize);
        _time = time ?? TimeProvider.System;
        _ready = new BlockingCollection<TokenBatch>(capacity);
        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "batch loader" };
        _thread.Start(Position);
    }

    /// <summary>Where the batch that <see cref="Next"/> gives starts: keep this to resume after the last one taken.</summary>
    public DataPosition Position { get; private set; }

    /// <summary>The time that <see cref="Next"/> has waited for batches in all.</summary>
    public TimeSpan WaitTime { get; private set; }

    /// <summary>Gives the next batch, which the caller disposes; waits when none is ready.</summary>
    /// <exception cref="InvalidDataException">A shard was altered. The loader gives no batch after that.</exception>
    public TokenBatch Next(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ready.TryTake(out TokenBatch? batch))
        {
            long start = _time.GetTimestamp();
            // Infinite wait; false only when the reading thread has ended.
            bool taken = _ready.TryTake(out batch, Timeout.Infinite, cancellationToken);
            WaitTime += _time.GetElapsedTime(start);
            if (!taken) _failure!.Throw();
        }

        Position = batch!.Next;
        return batch;
    }

    /// <summary>Stops reading and frees the batches that wait.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stop.Cancel();
        _thread.Join();
        while (_ready.TryTake(out TokenBatch? batch)) batch.Dispose();
        _ready.Dispose();
        _stop.Dispose();
    }

    private void ReadAhead(object? start)
    {
        try
        {
            for (var position = (DataPosition)start!; ;)
            {
                TokenBatch batch = _examples.ReadBatch(_examples.Advance(position, _skip), _batchSize);
                position = batch.Next = _examples.Advance(position, _stride);
                try
                {
                    if (_pinned) batch.Pin();
                    _ready.Add(batch, _stop.Token);
                }
                catch
                {
                    batch.Dispose();
                    throw;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // whatever happens on this thread is thrown again on the consumer's
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }
}
