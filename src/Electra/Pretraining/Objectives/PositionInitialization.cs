namespace Electra.Pretraining;

/// <summary>How the position table starts, and with it attention. It is trained all the same.</summary>
public enum PositionInitialization
{
    /// <summary>From the truncated normal, like every table: the paper's way.</summary>
    Normal,

    /// <summary>
    /// Sines and cosines of geometric wavelengths (Vaswani et al. 2017, section 3.5) with the root mean square of the config's
    /// <c>initializer_range</c>. Neighbouring positions begin alike, so attention to neighbours need not be found by chance, which is what
    /// a short run spends most of its time on.
    /// </summary>
    Sinusoidal,

    /// <summary>
    /// Waves of frequencies spread evenly over (0, π), of the same root mean square, which the first heads of each tower are turned to read: they begin by looking at the token before, the
    /// one after, the one before that and so on, up to four. A narrow generator's projection passes on some of the waves, a wide tower's passes the embeddings on beside what
    /// it has drawn.
    /// </summary>
    Neighbours,
}
