namespace Electra.Training;

/// <summary>What a run has gone back for.</summary>
/// <param name="Count">How often.</param>
/// <param name="RateScale">What the schedule's rate is multiplied by since.</param>
/// <param name="BatchesPassedOver">Batches of text that were read by updates that were given up.</param>
internal sealed record Rollbacks(int Count, double RateScale, long BatchesPassedOver)
{
    /// <summary>Of a run that goes straight on.</summary>
    public static Rollbacks None { get; } = new(0, 1, 0);

    /// <summary>After one more.</summary>
    /// <param name="steps">Updates that were given up.</param>
    /// <param name="factor">What the rate is multiplied by.</param>
    public Rollbacks After(long steps, double factor) => new(Count + 1, RateScale * factor, BatchesPassedOver + steps);
}
