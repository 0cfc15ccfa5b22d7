namespace Electra.Optimization;

/// <summary>Which arithmetic AdamW follows.</summary>
public enum AdamWFlavor
{
    /// <summary>Bias-corrected moments: <c>p -= rate * (m̂ / (sqrt(v̂) + eps) + decay * p)</c>, as in PyTorch.</summary>
    Standard,

    /// <summary>The optimizer of Google's ELECTRA code: no bias correction, <c>p -= rate * (m / (sqrt(v) + eps) + decay * p)</c>.</summary>
    Google,
}
