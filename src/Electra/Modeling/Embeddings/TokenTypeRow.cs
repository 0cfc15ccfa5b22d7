using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Finds an encoder that was pre-trained on single texts only: the embedding of token type 1 is then what it was drawn as, perhaps smaller by weight
/// decay, and second texts get noise. It is a guess from four signs, since no file says it: the row is no larger than it was drawn, its numbers are
/// spread like a truncated normal, it is unrelated to the mean embedding of words and to that of positions, which learn from the same gradients, and
/// row 0 is related to the former. By these signs one untrained row in twenty passes for a trained one at a width of 128, hardly any at 256.
/// </summary>
internal static class TokenTypeRow
{
    private const double LargestCorrelation = 0.2; // 2.3 standard deviations of unrelated rows of 128 numbers
    private const double LargestDistance = 1.0; // of Kolmogorov, times the root of the width: 1.4 % of samples with their own scale are further off
    private const double SpreadOfDrawn = 0.8796; // the standard deviation of a normal that is cut off at two of its own

    /// <summary>Whether token type 1 seems untrained and token type 0 trained.</summary>
    public static bool LooksUntrained(ElectraModel model)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor types = model.Embeddings.TokenTypeEmbeddings;
        if (types.shape[0] < 2) return false;
        double[] first = Numbers(types[0]), second = Numbers(types[1]);
        double[] words = Numbers(model.Embeddings.WordEmbeddings.mean([0])), positions = Numbers(model.Embeddings.PositionEmbeddings.mean([0]));
        bool isDrawn = Deviation(second) <= 1.15 * SpreadOfDrawn * model.Config.InitializerRange && Distance(second) < LargestDistance;
        bool isUnrelated = Math.Abs(Correlation(second, words)) < LargestCorrelation && Math.Abs(Correlation(second, positions)) < LargestCorrelation;
        return isDrawn && isUnrelated && Math.Abs(Correlation(first, words)) >= LargestCorrelation;
    }

    /// <summary>Gives a token type the row of another.</summary>
    public static void Copy(ElectraModel model, int from, int to)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor types = model.Embeddings.TokenTypeEmbeddings;
        if (Math.Max(from, to) < types.shape[0]) types[to].copy_(types[from]);
    }

    private static double[] Numbers(Tensor row) => row.to(ScalarType.Float64).cpu().data<double>().ToArray();

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        return x.Zip(y).Average(pair => (pair.First - meanX) * (pair.Second - meanY)) / (Deviation(x) * Deviation(y));
    }

    // Kolmogorov's, to a normal cut off at two standard deviations, with the sample's own scale.
    private static double Distance(double[] values)
    {
        double scale = Deviation(values) / SpreadOfDrawn, farthest = 0;
        double[] sorted = [.. values.Order()];
        for (int i = 0; i < sorted.Length; i++)
        {
            double at = Cumulative(Math.Clamp(sorted[i] / scale, -2, 2));
            farthest = Math.Max(farthest, Math.Max(Math.Abs(((i + 1.0) / sorted.Length) - at), Math.Abs(((double)i / sorted.Length) - at)));
        }

        return farthest * Math.Sqrt(sorted.Length);
    }

    // By Simpson's rule: the density is smooth and the interval short.
    private static double Cumulative(double x)
    {
        const int parts = 64;
        static double Density(double at) => Math.Exp(-at * at / 2);
        double Integral(double to)
        {
            double width = (to + 2) / parts, sum = Density(-2) + Density(to);
            for (int i = 1; i < parts; i++) sum += (i % 2 == 0 ? 2 : 4) * Density(-2 + (i * width));
            return sum * width / 3;
        }

        return Integral(x) / Integral(2);
    }
}
