namespace Electra.FineTuning;

/// <summary>How a fine-tuning is tried several times.</summary>
public sealed record TrialsOptions
{
    /// <summary>The seed of each run; all different, one at least.</summary>
    /// <value>0 to 4.</value>
    public IReadOnlyList<long> Seeds { get; init; } = [0, 1, 2, 3, 4];

    /// <summary>How many of the seeds are run from random weights, too: what the encoder's pre-training is worth.</summary>
    /// <value>0.</value>
    public int RandomWeightRuns { get; init; }

    /// <summary>How many runs that learned nothing are started again, each with the next seed after the largest.</summary>
    /// <value>0: they count as they are.</value>
    public int Retries { get; init; }

    /// <summary>Checks every option.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">Some are out of range.</exception>
    public TrialsOptions Validate()
    {
        if (Seeds.Count == 0 || Seeds.Distinct().Count() != Seeds.Count)
            throw new ArgumentException($"{nameof(Seeds)} must be different numbers, one at least, not {string.Join(", ", Seeds)}.");
        if (RandomWeightRuns < 0 || RandomWeightRuns > Seeds.Count)
            throw new ArgumentException($"{nameof(RandomWeightRuns)} must be from 0 to the {Seeds.Count} seeds, not {RandomWeightRuns}.");
        if (Retries < 0) throw new ArgumentException($"{nameof(Retries)} must not be negative, but is {Retries}.");
        return this;
    }
}
