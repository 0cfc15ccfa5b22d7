namespace Electra.FineTuning;

/// <summary>Losses of single predictions, in double precision on the host.</summary>
internal static class HostLosses
{
    /// <summary>The cross-entropy of one of several classes.</summary>
    public static double CrossEntropy(ReadOnlySpan<float> logits, int target)
    {
        double highest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) highest = Math.Max(highest, logit);
        foreach (float logit in logits) sum += Math.Exp(logit - highest);
        return Math.Log(sum) + highest - logits[target];
    }

    /// <summary>The binary cross-entropy of a logit.</summary>
    public static double Binary(float logit, bool isTrue) => Math.Max(logit, 0) - (isTrue ? logit : 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
}
