namespace Electra.Distributed;

/// <summary>How gradients travel between processes.</summary>
public enum GradientCompression
{
    /// <summary>As they are, in float32.</summary>
    None,

    /// <summary>
    /// In bfloat16, half as many bytes: those of each process are rounded to nearest even, added up in float32, and the sum is rounded once more.
    /// </summary>
    BFloat16,
}
