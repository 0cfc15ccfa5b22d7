using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Electra.Samples.Serve.Metrics;

/// <summary>What is measured of one model.</summary>
/// <param name="metrics">The instruments.</param>
/// <param name="model">Its name.</param>
/// <param name="kind">What it does.</param>
internal sealed class ModelMetrics(ServeMetrics metrics, string model, string kind)
{
    private readonly TagList _tags = new() { { "electra.model", model }, { "electra.operation", kind } };

    /// <summary>A request ended.</summary>
    /// <param name="outcome">answered, refused, cancelled or failed.</param>
    public void Ended(string outcome) => metrics.Requests.Add(1, [.. _tags, new("electra.outcome", outcome)]);

    /// <summary>A request's batch begins.</summary>
    public void Waited(TimeSpan time) => metrics.QueueDuration.Record(time.TotalSeconds, _tags);

    /// <summary>A batch is answered.</summary>
    public void Asked(int requests, int texts, int tokens, TimeSpan time)
    {
        metrics.BatchRequests.Record(requests, _tags);
        metrics.BatchTexts.Record(texts, _tags);
        metrics.BatchTokens.Record(tokens, _tags);
        metrics.Tokens.Add(tokens, _tags);
        metrics.ModelDuration.Record(time.TotalSeconds, _tags);
    }

    /// <summary>Lets the number of waiting requests be read.</summary>
    public void ObserveQueue(Func<int> waiting) => metrics.ObserveQueue(() => new Measurement<int>(waiting(), _tags));
}
