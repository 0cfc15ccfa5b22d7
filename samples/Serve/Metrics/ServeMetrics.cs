using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Electra.Samples.Serve.Metrics;

/// <summary>What is measured of models; what HTTP requests take ASP.NET Core measures itself.</summary>
internal sealed class ServeMetrics
{
    /// <summary>Of the instruments here.</summary>
    public const string MeterName = "Electra.Serve";

    private static readonly InstrumentAdvice<int> Sizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192] };

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly ConcurrentBag<Func<Measurement<int>>> _queues = [];

    /// <summary>Makes the instruments.</summary>
    public ServeMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        Requests = meter.CreateCounter<long>("electra.serve.requests", "{request}", "Requests by how they ended.");
        Tokens = meter.CreateCounter<long>("electra.serve.tokens", "{token}", "Tokens of texts that models read, without padding.");
        BatchRequests = meter.CreateHistogram("electra.serve.batch.requests", "{request}", "Requests that went through a model together.", advice: Sizes);
        BatchTexts = meter.CreateHistogram("electra.serve.batch.texts", "{text}", "Texts of a batch.", advice: Sizes);
        BatchTokens = meter.CreateHistogram("electra.serve.batch.tokens", "{token}", "Tokens of a batch.", advice: Sizes);
        QueueDuration = meter.CreateHistogram("electra.serve.queue.duration", "s", "From when a request came until its batch began.", advice: Durations);
        ModelDuration = meter.CreateHistogram("electra.serve.model.duration", "s", "What a batch took: tokenizing, the model, reading its answer.", advice: Durations);
        meter.CreateObservableGauge("electra.serve.queue.requests", () => _queues.Select(queue => queue()), "{request}", "Requests that wait for a model.");
    }

    public Counter<long> Requests { get; }

    public Counter<long> Tokens { get; }

    public Histogram<int> BatchRequests { get; }

    public Histogram<int> BatchTexts { get; }

    public Histogram<int> BatchTokens { get; }

    public Histogram<double> QueueDuration { get; }

    public Histogram<double> ModelDuration { get; }

    /// <summary>Lets the number of waiting requests be read.</summary>
    public void ObserveQueue(Func<Measurement<int>> waiting) => _queues.Add(waiting);
}
