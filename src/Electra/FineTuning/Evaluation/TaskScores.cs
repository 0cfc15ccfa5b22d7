namespace Electra.FineTuning;

/// <summary>How well a network does on a set of examples.</summary>
/// <param name="Set">What the set is called.</param>
/// <param name="Examples">How many; of a ranking the queries that count.</param>
/// <param name="Loss">Mean loss, without dropout, weights or smoothing; NaN where examples have no label.</param>
/// <param name="Metrics">The scores by name, as fractions, but of answers in percent.</param>
/// <param name="Baseline">The same scores of a model that knows nothing: it always says the most frequent label, or the mean, or "no answer", or ranks at random.</param>
/// <param name="IsOneClassOnly">Whether every prediction is the same though the truth is not.</param>
/// <param name="Predictions">One an example, of a ranking one a passage, in their order.</param>
public sealed record TaskScores(
    string Set,
    int Examples,
    double Loss,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, double> Baseline,
    bool IsOneClassOnly,
    IReadOnlyList<TaskPrediction> Predictions);
