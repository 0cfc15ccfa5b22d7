using Electra.Training;

namespace Electra.FineTuning;

/// <summary>The examples of one update, of which this rank has a share, in parts.</summary>
/// <param name="batch">All of them.</param>
/// <param name="parts">This rank's, of which each goes through the network at once.</param>
/// <param name="step">Updates made before it.</param>
internal sealed class FineTuningWork(IReadOnlyList<EncodedExample> batch, IReadOnlyList<EncodedExample[]> parts, long step) : ITrainingWork
{
    /// <inheritdoc/>
    public long TokenCount { get; } = batch.Sum(example => (long)example.TokenCount);

    /// <inheritdoc/>
    public int Parts => parts.Count;

    /// <summary>Updates made before this one.</summary>
    public long Step => step;

    /// <summary>What all examples weigh together.</summary>
    public double Weight { get; } = parts.Count == 0 || parts.Sum(part => part.Length) < batch.Count
        ? batch.Sum(example => example.Weight)
        : parts.Sum(part => part.Sum(example => example.Weight)); // in the order of a process alone, which rounding hangs on

    /// <summary>The examples of a part.</summary>
    public IReadOnlyList<EncodedExample> Part(int part) => parts[part];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
