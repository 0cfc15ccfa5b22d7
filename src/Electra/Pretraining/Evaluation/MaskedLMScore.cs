namespace Electra.Pretraining;

/// <summary>How well words were predicted at some places.</summary>
/// <param name="Count">Places.</param>
/// <param name="Loss">Mean negative log-likelihood of the right word, in nats; NaN without places.</param>
/// <param name="Accuracy">Share of places whose likeliest word is the right one, from 0 to 1; NaN without places.</param>
public sealed record MaskedLMScore(long Count, double Loss, double Accuracy)
{
    /// <summary>The means of sums.</summary>
    internal static MaskedLMScore Of(double count, double loss, double hits) => new((long)count, loss / count, hits / count);
}
