namespace Electra.Data;

/// <summary>How text is cut into examples.</summary>
public enum PackerKind
{
    /// <summary>Consecutive windows without loss: <see cref="ContiguousPacker"/>.</summary>
    Contiguous,

    /// <summary>Pairs of segments by Google's rules, which throw text away: <see cref="SegmentPairPacker"/>.</summary>
    SegmentPair,
}
