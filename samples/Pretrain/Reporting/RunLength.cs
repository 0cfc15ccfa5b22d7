using System.Globalization;
using Electra.Pretraining;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>Says how long a run is and what its updates take.</summary>
internal static class RunLength
{
    /// <summary>Such as "8,000 steps of 64 x 32 tokens", or with phases "2:00:00 of steps of 128 x 128 tokens (90 %), 32 x 512 tokens (10 %)".</summary>
    public static string Of(PretrainingOptions options)
    {
        string length = options.Budget is TimeSpan budget ? $"{Text(budget)} of steps" : $"{options.TrainSteps:N0} steps";
        string sizes = options.Phases.Count == 0
            ? $"{options.Data.BatchSize} x {options.Data.SequenceLength} tokens"
            : string.Join(", ", options.Phases.Select(phase =>
                $"{phase.BatchSize ?? options.Data.BatchSize} x {phase.SequenceLength} tokens ({Percent(phase.Share)})"));
        string ramp = options.BatchRamp is { } first ? $", batches growing from {first.InitialBatchSize} over {Percent(first.Share)}" : "";
        return $"{length} of {sizes}{ramp}";
    }

    /// <summary>Such as "15 %", or "15 % to 30 %" where the share of masked tokens changes.</summary>
    public static string Masked(MaskingOptions options) =>
        Percent(options.MaskProbability) + (options.MaskProbabilityChange is { } change ? $" to {Percent(change.Final)}" : "");

    /// <summary>Hours, minutes and seconds.</summary>
    public static string Text(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);
}
