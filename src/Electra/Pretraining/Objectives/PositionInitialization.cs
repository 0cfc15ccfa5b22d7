namespace Electra.Pretraining;

/// <summary>How the position table starts. It is trained all the same.</summary>
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
}
