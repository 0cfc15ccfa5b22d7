namespace Electra.Samples.Serve.Batching;

/// <summary>How requests are put together.</summary>
/// <param name="Window">How long a request waits for others that may join it, from when it came.</param>
/// <param name="MaxTokens">Tokens of a batch. A request that has more is a batch by itself; with 1 every request is.</param>
/// <param name="MaxWaiting">Requests that may wait; those beyond are refused.</param>
internal sealed record BatchOptions(TimeSpan Window, int MaxTokens, int MaxWaiting);
