using System.Globalization;
using System.Text.RegularExpressions;
using Electra.Optimization;
using Electra.Training;

namespace Electra.Samples.Pretrain.Options;

/// <summary>Reads what is typed for <c>--schedule</c>, <c>--budget</c>, <c>--phases</c> and <c>--batch-ramp</c>.</summary>
internal static partial class ScheduleText
{
    private const double Rounding = 1e-6;

    /// <summary>One of the shapes that the command line knows.</summary>
    public static LearningRateScheduleKind Kind(string typed) => typed switch
    {
        "cosine" => LearningRateScheduleKind.Cosine,
        "wsd" => LearningRateScheduleKind.WarmupStableDecay,
        "google" => LearningRateScheduleKind.Google,
        _ => LearningRateScheduleKind.Linear,
    };

    /// <summary>A time such as 90s, 45m, 2h, 1.5h, 1h30m or 3d.</summary>
    /// <exception cref="UsageException">It is no such time.</exception>
    public static TimeSpan Budget(string typed)
    {
        Match match = Duration().Match(typed);
        double Of(string unit) => match.Groups[unit].Success ? Number(match.Groups[unit].Value) : 0;
        double hours = (Of("d") * 24) + Of("h") + (Of("m") / 60) + (Of("s") / 3600);
        return match.Success && hours is > 0 and < 1e6
            ? TimeSpan.FromHours(hours)
            : throw new UsageException($"--budget takes a time such as 90s, 45m, 2h or 1h30m, not '{typed}'.");
    }

    /// <summary>Phases such as 128:0.9,512:0.1 or 128x256:90%,512x64:10%: length, batch if it has its own, share.</summary>
    /// <exception cref="UsageException">They are none, or their shares do not sum to 1.</exception>
    public static IReadOnlyList<TrainingPhase> Phases(string typed)
    {
        var phases = new List<TrainingPhase>();
        foreach (string part in typed.Split(','))
        {
            Match match = Phase().Match(part.Trim());
            if (!match.Success)
                throw new UsageException($"--phases takes length:share, such as 128:0.9,512:0.1, or 512x64:0.1 with a batch; not '{part}'.");
            phases.Add(new TrainingPhase
            {
                SequenceLength = Whole(match.Groups["length"]),
                BatchSize = match.Groups["batch"].Success ? Whole(match.Groups["batch"]) : null,
                Share = Share("--phases", match.Groups["share"].Value),
            });
        }

        double sum = phases.Sum(phase => phase.Share);
        return Math.Abs(sum - 1) < Rounding
            ? phases
            : throw new UsageException($"--phases '{typed}' has shares that sum to {sum:0.######}; make it 1.");
    }

    /// <summary>A ramp such as 32:0.1: the first batch, and the share of the run after which batches are full.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static BatchRamp Ramp(string typed)
    {
        Match match = Start().Match(typed);
        return match.Success
            ? new BatchRamp { InitialBatchSize = Whole(match.Groups["batch"]), Share = Share("--batch-ramp", match.Groups["share"].Value) }
            : throw new UsageException($"--batch-ramp takes batch:share, such as 32:0.1, not '{typed}'.");
    }

    private static double Share(string option, string typed)
    {
        double share = typed.EndsWith('%') ? Number(typed[..^1]) / 100 : Number(typed);
        return share is > 0 and <= 1 ? share : throw new UsageException($"{option}: the share {typed} is not above 0 and up to 1.");
    }

    private static int Whole(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    private static double Number(string digits) => double.Parse(digits, CultureInfo.InvariantCulture);

    private const string Amount = @"(?:\d+(?:\.\d*)?|\.\d+)";

    [GeneratedRegex($@"^(?=.)(?:(?<d>{Amount})d)?(?:(?<h>{Amount})h)?(?:(?<m>{Amount})m)?(?:(?<s>{Amount})s)?$")]
    private static partial Regex Duration();

    [GeneratedRegex($@"^(?<length>\d{{1,9}})(?:x(?<batch>\d{{1,9}}))?:(?<share>{Amount}%?)$")]
    private static partial Regex Phase();

    [GeneratedRegex($@"^(?<batch>\d{{1,9}}):(?<share>{Amount}%?)$")]
    private static partial Regex Start();
}
