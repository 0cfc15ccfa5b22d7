using Electra.Benchmarks.Curves.Training;

namespace Electra.Benchmarks.Curves.Comparison;

/// <summary>One loss of all runs.</summary>
internal sealed record LossComparison
{
    // A smoothed value is the mean over this share of the run.
    private const double Window = 0.05;

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Its unit.</summary>
    public required string Unit { get; init; }

    /// <summary>Steps of the smoothed training curves: the middles of what was taken together.</summary>
    public required double[] Steps { get; init; }

    /// <summary>Steps that are taken together for a smoothed value.</summary>
    public required double WindowSteps { get; init; }

    /// <summary>Steps of the held-out curves.</summary>
    public required double[] HeldOutSteps { get; init; }

    /// <summary>The bfloat16 run, as recorded.</summary>
    public required LossCurve BFloat16 { get; init; }

    /// <summary>The float32 runs, as recorded; the first has the seed of the bfloat16 run.</summary>
    public required IReadOnlyList<LossCurve> Float32 { get; init; }

    /// <summary>The bfloat16 run, smoothed.</summary>
    public required double[] SmoothBFloat16 { get; init; }

    /// <summary>The float32 runs, smoothed.</summary>
    public required IReadOnlyList<double[]> SmoothFloat32 { get; init; }

    /// <summary>Of the smoothed training curves.</summary>
    public DifferenceSummary Training => DifferenceSummary.Of(SmoothBFloat16, SmoothFloat32);

    /// <summary>Of the held-out figures, as they are.</summary>
    public DifferenceSummary HeldOut => DifferenceSummary.Of(BFloat16.HeldOut, [.. Float32.Select(curve => curve.HeldOut)]);

    /// <summary>Compares.</summary>
    /// <param name="name">What the loss is called.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="bfloat16">The bfloat16 run.</param>
    /// <param name="float32">The float32 runs, that of the same seed first.</param>
    public static LossComparison Of(string name, string unit, LossCurve bfloat16, IReadOnlyList<LossCurve> float32)
    {
        int window = Math.Max(1, (int)Math.Round(bfloat16.Training.Length * Window));
        return new LossComparison
        {
            Name = name,
            Unit = unit,
            Steps = Smoothing.MovingMean(bfloat16.Steps, window),
            WindowSteps = window * bfloat16.Steps[0],
            HeldOutSteps = bfloat16.HeldOutSteps,
            BFloat16 = bfloat16,
            Float32 = float32,
            SmoothBFloat16 = Smoothing.MovingMean(bfloat16.Training, window),
            SmoothFloat32 = [.. float32.Select(curve => Smoothing.MovingMean(curve.Training, window))],
        };
    }
}
