namespace Electra.FineTuning;

/// <summary>An evaluation of a network that is fine-tuned.</summary>
/// <param name="Step">Updates made.</param>
/// <param name="Epoch">How often the training examples were seen; a fraction.</param>
/// <param name="Sets">The sets of examples; the first one counts when runs are compared.</param>
/// <param name="MainMetric">By which score.</param>
public sealed record FineTuningEvaluation(long Step, double Epoch, IReadOnlyList<TaskScores> Sets, string MainMetric)
{
    /// <summary>The score that counts.</summary>
    public double Score => Sets[0].Metrics[MainMetric];

    /// <summary>The same of a model that knows nothing; NaN where it has none.</summary>
    public double Baseline => Sets[0].Baseline.GetValueOrDefault(MainMetric, double.NaN);

    /// <summary>The scores of all sets by name, those of the second set on with its name before it.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        foreach ((int index, TaskScores set) in Sets.Index())
        {
            string prefix = index == 0 ? "" : $"{set.Set}.";
            yield return ($"{prefix}loss", set.Loss);
            foreach ((string name, double value) in set.Metrics) yield return ($"{prefix}{name}", value);
        }
    }

    /// <summary>One line: the scores.</summary>
    public override string ToString() =>
        string.Join(", ", Figures().Select(figure => FormattableString.Invariant($"{figure.Name} {figure.Value:0.####}")));
}
