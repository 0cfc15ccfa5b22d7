using Electra.Training;

namespace Electra.FineTuning;

/// <summary>The examples of one update, in parts.</summary>
/// <param name="parts">Of which each goes through the network at once.</param>
/// <param name="step">Updates made before it.</param>
internal sealed class FineTuningWork(IReadOnlyList<EncodedExample[]> parts, long step) : ITrainingWork
{
    /// <inheritdoc/>
    public long TokenCount { get; } = parts.Sum(part => part.Sum(example => (long)example.TokenCount));

    /// <inheritdoc/>
    public int Parts => parts.Count;

    /// <summary>Updates made before this one.</summary>
    public long Step => step;

    /// <summary>What all examples weigh together.</summary>
    public double Weight { get; } = parts.Sum(part => part.Sum(example => example.Weight));

    /// <summary>The examples of a part.</summary>
    public IReadOnlyList<EncodedExample> Part(int part) => parts[part];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
