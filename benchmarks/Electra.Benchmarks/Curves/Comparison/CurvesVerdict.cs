using Electra.Benchmarks.Curves.Training;

namespace Electra.Benchmarks.Curves.Comparison;

/// <summary>Whether bfloat16 trains as float32 does, within what a seed decides.</summary>
/// <param name="Runs">The bfloat16 run, then the float32 runs by seed.</param>
/// <param name="MaskedLM">The generator's loss at [MASK].</param>
/// <param name="Detection">The discriminator's loss.</param>
internal sealed record CurvesVerdict(IReadOnlyList<TrainedRun> Runs, LossComparison MaskedLM, LossComparison Detection)
{
    /// <summary>Both losses.</summary>
    public IEnumerable<LossComparison> Losses => [MaskedLM, Detection];

    /// <summary>Whether all four differences are within the noise.</summary>
    public bool Agrees => Losses.All(loss => loss.Training.IsWithinNoise && loss.HeldOut.IsWithinNoise);

    /// <summary>Compares the runs.</summary>
    /// <param name="runs">The bfloat16 run first.</param>
    public static CurvesVerdict On(IReadOnlyList<TrainedRun> runs) => new(
        runs,
        Compare(runs, "loss at [MASK]", "nats a masked token", run => run.MaskedLM),
        Compare(runs, "RTD loss", "nats a token", run => run.Detection));

    private static LossComparison Compare(IReadOnlyList<TrainedRun> runs, string name, string unit, Func<TrainedRun, LossCurve> curve) =>
        LossComparison.Of(name, unit, curve(runs[0]), [.. runs.Skip(1).Select(curve)]);
}
