using Electra.Distributed;

namespace Electra.Training;

/// <summary>How the ranks of a run add up their gradients; without meaning for one process alone.</summary>
public sealed record DataParallelOptions
{
    /// <summary>
    /// Whether sums are begun while the backward pass is still under way, each as soon as its gradients are whole. The numbers are the same either way.
    /// </summary>
    /// <value>true.</value>
    public bool OverlapCommunication { get; init; } = true;

    /// <summary>The size of the pieces in which gradients are summed, in bytes of float32; at least 64.</summary>
    /// <value>4 MiB.</value>
    public int BucketBytes { get; init; } = 4 << 20;

    /// <summary>How gradients travel.</summary>
    /// <value>None.</value>
    public GradientCompression Compression { get; init; }

    /// <summary>Lists what is out of range, one phrase a field.</summary>
    internal IEnumerable<string> Problems()
    {
        if (BucketBytes < 64) yield return $"{nameof(BucketBytes)} must be at least 64, not {BucketBytes}";
        if (!Enum.IsDefined(Compression)) yield return $"{nameof(Compression)} has no value {Compression}";
    }
}
