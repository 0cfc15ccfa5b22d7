namespace Electra.Training;

/// <summary>How much of what was predicted is right, how much of what is there was predicted, and their harmonic mean.</summary>
internal readonly record struct PrecisionRecall(double Precision, double Recall, double F1)
{
    /// <summary>From counts; 0 where a quotient has no denominator.</summary>
    /// <param name="correct">Predicted and there.</param>
    /// <param name="gold">There.</param>
    /// <param name="predicted">Predicted.</param>
    public static PrecisionRecall Of(long correct, long gold, long predicted) => new(
        predicted == 0 ? 0 : (double)correct / predicted, gold == 0 ? 0 : (double)correct / gold,
        gold + predicted == 0 ? 0 : 2.0 * correct / (gold + predicted));
}
