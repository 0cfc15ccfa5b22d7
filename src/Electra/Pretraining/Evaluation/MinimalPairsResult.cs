namespace Electra.Pretraining;

/// <summary>What a scorer reached on <see cref="MinimalPairs"/>.</summary>
/// <param name="Paradigms">In the order of <see cref="MinimalPairs.Paradigms"/>.</param>
public sealed record MinimalPairsResult(IReadOnlyList<MinimalPairScore> Paradigms)
{
    /// <summary>The mean of the paradigms' accuracies, each counted alike however many pairs it has; from 0 to 1, guessing gives 0.5.</summary>
    public double Accuracy => Paradigms.Average(paradigm => paradigm.Accuracy);

    /// <summary>The mean of the paradigms' accuracies by phenomenon, ordered by name.</summary>
    public IReadOnlyList<(string Phenomenon, double Accuracy)> Phenomena =>
    [
        .. Paradigms.GroupBy(paradigm => paradigm.Phenomenon, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Average(paradigm => paradigm.Accuracy))),
    ];
}
