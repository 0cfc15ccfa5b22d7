using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Benchmarks.Curves.Comparison;
using Electra.Benchmarks.Curves.Training;
using static System.FormattableString;

namespace Electra.Benchmarks.Curves;

/// <summary>The verdict in numbers, for people and for programs.</summary>
internal static class CurvesReport
{
    private static readonly JsonSerializerOptions Style = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A run, in a line.</summary>
    public static string Line(TrainedRun run) => string.Join(
        ", ",
        Invariant($"{run.Setting.Name}: held-out masked-LM loss at [MASK] {run.MaskedLM.HeldOut[^1]:F4} (word frequencies {run.WordFrequencyLoss:F4})"),
        Invariant($"RTD loss {run.Detection.HeldOut[^1]:F4}"),
        Invariant($"RTD AUC {run.AreaUnderCurve:F4} (token identity {run.TokenIdentityAreaUnderCurve:F4})"),
        Invariant($"{run.Seconds:F0} s of training"));

    /// <summary>For people.</summary>
    public static string Write(CurvesVerdict verdict)
    {
        var text = new StringBuilder();
        text.AppendLine("Differences over the second half of the run: bf16 - fp32 of seed 1, and of two fp32 seeds (all pairs)");
        text.AppendLine($"{"mean",-26}{"absolute",12}{"signed",10}{"two seeds",12}{"closest",10}{"farthest",10}");
        foreach (LossComparison loss in verdict.Losses)
        {
            Row(text, $"{loss.Name}, training", loss.Training);
            Row(text, $"{loss.Name}, held-out", loss.HeldOut);
        }

        return text.Append(verdict.Agrees
            ? "within the noise: precision makes no more difference than the seed"
            : "NOT within the noise: precision makes more difference than the seed in at least one row").ToString();
    }

    /// <summary>For programs: in one line, with every recorded point.</summary>
    public static string Json(CurvesSettings settings, CurvesCorpus corpus, CurvesVerdict verdict) => new JsonObject
    {
        ["within_noise"] = verdict.Agrees,
        ["settings"] = settings.ToString(),
        ["corpus"] = corpus.ToString(),
        ["picture"] = settings.Output,
        ["runs"] = new JsonArray([.. verdict.Runs.Select(Run)]),
        ["mask_loss"] = Loss(verdict.MaskedLM),
        ["discriminator_loss"] = Loss(verdict.Detection),
    }.ToJsonString(Style);

    private static void Row(StringBuilder text, string name, DifferenceSummary of) => text.AppendLine(string.Concat(
        $"{name,-26}",
        Invariant($"{of.PrecisionMeanAbsolute,12:F5}{of.PrecisionMean,10:+0.00000;-0.00000}"),
        Invariant($"{of.SeedsMeanAbsolute,12:F5}{of.SeedsSmallest,10:F5}{of.SeedsLargest,10:F5}")));

    private static JsonObject Run(TrainedRun run) => new()
    {
        ["name"] = run.Setting.Name,
        ["precision"] = run.Setting.Precision.ToString(),
        ["seed"] = run.Setting.Seed,
        ["seconds"] = run.Seconds,
        ["mask_loss"] = JsonSerializer.SerializeToNode(run.MaskedLM, Style),
        ["discriminator_loss"] = JsonSerializer.SerializeToNode(run.Detection, Style),
        ["area_under_curve"] = run.AreaUnderCurve,
        ["unigram_loss"] = run.WordFrequencyLoss,
        ["token_identity_auc"] = run.TokenIdentityAreaUnderCurve,
    };

    private static JsonObject Loss(LossComparison loss) => new()
    {
        ["unit"] = loss.Unit,
        ["training_smoothed"] = JsonSerializer.SerializeToNode(loss.Training, Style),
        ["held_out"] = JsonSerializer.SerializeToNode(loss.HeldOut, Style),
    };
}
