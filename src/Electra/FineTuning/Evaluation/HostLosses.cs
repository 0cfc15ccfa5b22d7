namespace Electra.FineTuning;

/// <summary>Losses of single predictions, in double precision on the host.</summary>
internal static class HostLosses
{
    /// <summary>The probabilities that logits stand for.</summary>
    public static double[] Softmax(ReadOnlySpan<float> logits)
    {
        var result = new double[logits.Length];
        double highest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) highest = Math.Max(highest, logit);
        for (int i = 0; i < logits.Length; i++) sum += result[i] = Math.Exp(logits[i] - highest);
        for (int i = 0; i < result.Length; i++) result[i] /= sum;
        return result;
    }

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

    /// <summary>The index of the highest number; of the first one where several are.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++) if (values[i] > values[best]) best = i;
        return best;
    }
}
