namespace Electra.Optimization;

/// <summary>The constants of <see cref="FusedAdamW"/>.</summary>
public sealed record AdamWOptions
{
    /// <summary>Which arithmetic.</summary>
    /// <value>Standard.</value>
    public AdamWFlavor Flavor { get; init; } = AdamWFlavor.Standard;

    /// <summary>Decay of the first moment, in [0, 1).</summary>
    /// <value>0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment, in [0, 1).</summary>
    /// <value>0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment; positive.</summary>
    /// <value>1e-6.</value>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>The joint L2 norm that gradients are scaled down to; 0 leaves them as they are.</summary>
    /// <value>1.</value>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Lists what is out of range, one phrase a field.</summary>
    internal IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Flavor)) yield return $"{nameof(Flavor)} has no value {Flavor}";
        if (Beta1 is not (>= 0 and < 1)) yield return $"{nameof(Beta1)} must be at least 0 and below 1, not {Beta1}";
        if (Beta2 is not (>= 0 and < 1)) yield return $"{nameof(Beta2)} must be at least 0 and below 1, not {Beta2}";
        if (!(Epsilon > 0)) yield return $"{nameof(Epsilon)} must be above 0, not {Epsilon}";
        if (!(MaxGradientNorm >= 0)) yield return $"{nameof(MaxGradientNorm)} must not be negative, but is {MaxGradientNorm}";
    }
}
