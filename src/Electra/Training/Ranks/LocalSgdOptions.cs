namespace Electra.Training;

/// <summary>
/// Ranks that train by themselves for some updates, each on its share of every batch, and then average what became of their weights: local SGD, in the form of
/// DiLoCo (Douillard et al. 2023, arXiv 2311.08105). The optimizer's moments are averaged with the weights, so that all ranks go on alike.
/// </summary>
public sealed record LocalSgdOptions
{
    /// <summary>Updates between two averages; positive. <see cref="TrainingOptions.EvaluateEvery"/> and <see cref="TrainingOptions.SaveEvery"/> must be multiples.</summary>
    /// <value>50.</value>
    public int Steps { get; init; } = 50;

    /// <summary>
    /// What the way from the last weights to the average is multiplied by before the weights go it; positive. With 1, and no momentum, the average itself.
    /// </summary>
    /// <value>0.7, as in the paper.</value>
    public double OuterLearningRate { get; init; } = 0.7;

    /// <summary>Nesterov momentum of those ways, in [0, 1).</summary>
    /// <value>0.9, as in the paper.</value>
    public double OuterMomentum { get; init; } = 0.9;

    /// <summary>Lists what is out of range, one phrase a field.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"{nameof(Steps)} must be at least 1, not {Steps}";
        if (!(OuterLearningRate > 0 && double.IsFinite(OuterLearningRate))) yield return $"{nameof(OuterLearningRate)} must be above 0, not {OuterLearningRate}";
        if (OuterMomentum is not (>= 0 and < 1)) yield return $"{nameof(OuterMomentum)} must be at least 0 and below 1, not {OuterMomentum}";
    }
}
