namespace Electra.FineTuning;

/// <summary>How sequences of different lengths become one batch.</summary>
public enum BatchPadding
{
    /// <summary>
    /// The examples of an update are sorted by length and go through the network in parts, each padded to its own longest: the update is that of
    /// the whole, with less padding.
    /// </summary>
    ByLength,

    /// <summary>All are padded to the longest of the update.</summary>
    Longest,

    /// <summary>All are padded to <see cref="FineTuningOptions.MaxLength"/>: simple and slow, here to be compared with.</summary>
    MaxLength,
}
