namespace Electra.Benchmarks.Curves.Comparison;

/// <summary>How far curves lie apart. All have their points at the same steps.</summary>
internal static class Spread
{
    /// <summary>The first curve minus the second, point by point.</summary>
    public static double[] Difference(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"Curves of {first.Count} and {second.Count} points can't be compared.");
        return [.. first.Select((value, i) => value - second[i])];
    }

    /// <summary>The points of the second half: of an odd number, the middle one is among them.</summary>
    public static double[] SecondHalf(IReadOnlyList<double> curve) => [.. curve.Skip(curve.Count / 2)];

    /// <summary>The differences of every two curves.</summary>
    public static IReadOnlyList<double[]> Pairs(IReadOnlyList<double[]> curves) =>
        [.. curves.SelectMany((first, i) => curves.Skip(i + 1).Select(second => Difference(first, second)))];

    /// <summary>The mean of the absolute values.</summary>
    public static double MeanAbsolute(IEnumerable<double> differences) => differences.Average(Math.Abs);

    /// <summary>Lowest and highest of the curves at every point.</summary>
    public static (double[] Low, double[] High) Band(IReadOnlyList<double[]> curves) =>
        (Combine(curves, Enumerable.Min), Combine(curves, Enumerable.Max));

    /// <summary>The root of the mean square of the differences at every point.</summary>
    public static double[] RootMeanSquare(IReadOnlyList<double[]> differences) =>
        Combine(differences, values => Math.Sqrt(values.Average(value => value * value)));

    private static double[] Combine(IReadOnlyList<double[]> curves, Func<IEnumerable<double>, double> combine) =>
        [.. Enumerable.Range(0, curves[0].Length).Select(i => combine(curves.Select(curve => curve[i])))];
}
