namespace Electra.Optimization;

/// <summary>
/// The constants of Muon: the momentum of a matrix, made orthogonal, is what it is moved by (Jordan et al. 2024, kellerjordan.github.io/posts/muon). Of use for
/// matrices between hidden layers; everything else stays with <see cref="FusedAdamW"/>.
/// </summary>
public sealed record MuonOptions
{
    /// <summary>Decay of the momentum, in [0, 1).</summary>
    /// <value>0.95.</value>
    public double Momentum { get; init; } = 0.95;

    /// <summary>Whether the gradient counts once more on top of the momentum.</summary>
    /// <value>true.</value>
    public bool Nesterov { get; init; } = true;

    /// <summary>Newton-Schulz iterations; positive.</summary>
    /// <value>5.</value>
    public int Iterations { get; init; } = 5;

    /// <summary>
    /// The root mean square of an update at rate 1; positive. What AdamW's usually have, so that both take one learning rate (Liu et al. 2025, arXiv 2502.16982).
    /// </summary>
    /// <value>0.2.</value>
    public double UpdateScale { get; init; } = 0.2;

    /// <summary>Lists what is out of range, one phrase a field.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Momentum is not (>= 0 and < 1)) yield return $"{nameof(Momentum)} must be at least 0 and below 1, not {Momentum}";
        if (Iterations < 1) yield return $"{nameof(Iterations)} must be at least 1, not {Iterations}";
        if (!(UpdateScale > 0 && double.IsFinite(UpdateScale))) yield return $"{nameof(UpdateScale)} must be above 0, not {UpdateScale}";
    }
}
