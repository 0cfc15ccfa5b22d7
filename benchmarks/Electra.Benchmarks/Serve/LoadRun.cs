using System.Diagnostics;
using System.Net.Http.Json;

namespace Electra.Benchmarks.Serve;

/// <summary>What callers met with.</summary>
/// <param name="Seconds">What each request that was answered took.</param>
/// <param name="Lost">Requests that were not answered, or not with 200.</param>
/// <param name="Elapsed">How long it was asked.</param>
/// <param name="Processor">What the service took of processors meanwhile.</param>
internal sealed record LoadRun(IReadOnlyList<double> Seconds, int Lost, TimeSpan Elapsed, TimeSpan Processor)
{
    /// <summary>Nobody asked.</summary>
    public static LoadRun None { get; } = new([], 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Milliseconds of processors a request.</summary>
    public double ProcessorMilliseconds => Processor.TotalMilliseconds / Seconds.Count;

    /// <summary>Requests answered a second.</summary>
    public double Rate => Seconds.Count / Elapsed.TotalSeconds;

    /// <summary>Both.</summary>
    public LoadRun And(LoadRun other) => new([.. Seconds, .. other.Seconds], Lost + other.Lost, Elapsed + other.Elapsed, Processor + other.Processor);

    /// <summary>Asks for some time: each caller for one text, and again when it is answered.</summary>
    /// <param name="service">Asked.</param>
    /// <param name="texts">Asked about in turn.</param>
    /// <param name="callers">How many ask at once.</param>
    /// <param name="time">When they end.</param>
    /// <param name="away">When they end before.</param>
    public static async Task<LoadRun> Of(ServedProcess service, string[] texts, int callers, TimeSpan time, CancellationToken away = default)
    {
        using var client = new HttpClient { BaseAddress = service.Address };
        TimeSpan before = service.Processor;
        long start = Stopwatch.GetTimestamp();
        int next = 0, lost = 0;
        List<double>[] seconds = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(Call, CancellationToken.None)));
        return new LoadRun([.. seconds.SelectMany(of => of)], lost, Stopwatch.GetElapsedTime(start), service.Processor - before);

        async Task<List<double>> Call()
        {
            var own = new List<double>();
            while (!away.IsCancellationRequested && Stopwatch.GetElapsedTime(start) < time)
            {
                string text = texts[Interlocked.Increment(ref next) % texts.Length];
                long asked = Stopwatch.GetTimestamp();
                try
                {
                    using HttpResponseMessage response = await client.PostAsJsonAsync("classify", new { texts = new[] { text } }, CancellationToken.None);
                    await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
                    response.EnsureSuccessStatusCode();
                    own.Add(Stopwatch.GetElapsedTime(asked).TotalSeconds);
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref lost);
                }
            }

            return own;
        }
    }
}
