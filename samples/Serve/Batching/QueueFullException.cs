namespace Electra.Samples.Serve.Batching;

/// <summary>As many requests wait as may.</summary>
internal sealed class QueueFullException(int waiting) : Exception($"{waiting} requests wait for this model already; try again in a moment.");
