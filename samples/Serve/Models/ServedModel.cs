using Electra.Samples.Serve.Batching;
using Electra.Samples.Serve.Metrics;

namespace Electra.Samples.Serve.Models;

/// <summary>A model that is loaded.</summary>
internal abstract class ServedModel
{
    /// <summary>What it is.</summary>
    public abstract ModelDescription Description { get; }

    /// <summary>Asks it once and again, so that the first callers find it warm.</summary>
    public abstract void WarmUp();

    /// <summary>Answers what it has taken, and takes no more.</summary>
    public abstract void Stop();
}

/// <summary>A model behind its queue.</summary>
/// <param name="description">What it is.</param>
/// <param name="batches">How requests are put together.</param>
/// <param name="tokens">How many tokens an input has.</param>
/// <param name="ask">Asks the model.</param>
/// <param name="sample">An input to get warm by.</param>
/// <param name="metrics">Told how requests end.</param>
internal sealed class ServedModel<TInput, TOutput>(
    ModelDescription description,
    BatchOptions batches,
    Func<TInput, int> tokens,
    Func<IReadOnlyList<TInput>, CancellationToken, IReadOnlyList<TOutput>> ask,
    TInput sample,
    ModelMetrics metrics) : ServedModel
{
    private const int WarmUps = 3, SamplesAtOnce = 8;

    private readonly BatchQueue<TInput, TOutput> _queue = new(description.Name, batches, ask, metrics);

    public override ModelDescription Description => description;

    /// <summary>Asks the model, together with what others ask at the time.</summary>
    /// <param name="inputs">One at least.</param>
    /// <param name="aborted">Gives up waiting.</param>
    /// <returns>One output an input.</returns>
    public async Task<IReadOnlyList<TOutput>> Ask(IReadOnlyList<TInput> inputs, CancellationToken aborted)
    {
        try
        {
            IReadOnlyList<TOutput> outputs = await _queue.Ask(inputs, inputs.Sum(tokens), aborted);
            metrics.Ended("answered");
            return outputs;
        }
        catch (Exception error)
        {
            metrics.Ended(error switch { QueueFullException => "refused", OperationCanceledException => "cancelled", _ => "failed" });
            throw;
        }
    }

    public override void WarmUp()
    {
        for (int i = 0; i < WarmUps; i++)
        {
            ask([sample], CancellationToken.None);
            ask([.. Enumerable.Repeat(sample, SamplesAtOnce)], CancellationToken.None);
        }
    }

    public override void Stop() => _queue.Stop();
}
