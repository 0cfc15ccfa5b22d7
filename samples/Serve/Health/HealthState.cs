namespace Electra.Samples.Serve.Health;

/// <summary>How it is.</summary>
/// <param name="Status">live; loading, ready or stopping.</param>
internal sealed record HealthState(string Status);
