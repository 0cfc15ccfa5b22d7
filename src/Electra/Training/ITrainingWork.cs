namespace Electra.Training;

/// <summary>What one update works on: the global batch, of which each part is one forward and backward pass.</summary>
internal interface ITrainingWork : IDisposable
{
    /// <summary>Its tokens, without padding.</summary>
    long TokenCount { get; }

    /// <summary>Forward and backward passes.</summary>
    int Parts { get; }
}
