namespace Electra.Inference;

/// <summary>Makes probabilities of logits, in double precision.</summary>
internal static class Probabilities
{
    /// <summary>Of one thing among several.</summary>
    public static double[] Softmax(ReadOnlySpan<float> logits)
    {
        var result = new double[logits.Length];
        double highest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) highest = Math.Max(highest, logit);
        for (int i = 0; i < result.Length; i++) sum += result[i] = Math.Exp(logits[i] - highest);
        for (int i = 0; i < result.Length; i++) result[i] /= sum;
        return result;
    }

    /// <summary>Of one thing that is so or not.</summary>
    public static double Sigmoid(float logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>The index of the highest; of the first one where several are.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++) if (values[i] > values[best]) best = i;
        return best;
    }
}
