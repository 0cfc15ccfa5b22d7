using Electra.Configuration;
using Electra.Pretraining;
using static System.FormattableString;

namespace Electra.Benchmarks.Race.Variants;

/// <summary>What all runs get the same of; one of the three is given.</summary>
/// <param name="Budget">Time of training.</param>
/// <param name="Flops">FLOPs of training.</param>
/// <param name="Tokens">Positions trained on.</param>
internal sealed record RaceLimit(TimeSpan? Budget, double? Flops, double? Tokens)
{
    /// <summary>A recipe cut or stretched to the limit. A warm-up that is longer than the run becomes a tenth of it.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="config">The encoder, with the race's vocabulary.</param>
    public PretrainingOptions Apply(PretrainingOptions options, ElectraConfig config)
    {
        if (Budget is TimeSpan time) return options with { Budget = time };
        RunCost cost = RunCost.Of(options, config);
        double updates = Tokens is double tokens ? tokens / cost.PositionsAnUpdate : Flops!.Value / cost.FlopsAnUpdate;
        long steps = Math.Max(1, (long)Math.Round(updates));
        return options with { Budget = null, TrainSteps = steps, WarmupSteps = options.WarmupSteps > steps ? steps / 10 : options.WarmupSteps };
    }

    /// <summary>In words.</summary>
    public override string ToString() => Budget is TimeSpan time ? $"{time} of training each"
        : Tokens is double tokens ? Invariant($"{tokens:0.######e0} tokens each")
        : Invariant($"{Flops!.Value:0.######e0} FLOPs each");
}
