namespace Electra.Benchmarks.Race.Judging;

/// <summary>One figure of the results.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Heading">The same, short.</param>
/// <param name="IsPercent">Whether it is shown in percent.</param>
internal sealed record JudgeColumn(string Key, string Title, string Heading, bool IsPercent)
{
    public const string MaskLoss = "mask_loss";
    public const string MaskAccuracy = "mask_accuracy";
    public const string GeneratedAuc = "rtd_auc";
    public const string UniformAuc = "uniform_replacements_auc";
    public const string UnigramAuc = "unigram_replacements_auc";
    public const string NeighboursAuc = "swapped_neighbours_auc";
    public const string SwapFirst = "swap_top1";
    public const string Pairs = "minimal_pairs";
    private const string TaskPrefix = "glue_";

    private static readonly JudgeColumn[] Fixed =
    [
        new(MaskLoss, "held-out loss at [MASK], nats (lower is better)", "[MASK] loss", false),
        new(MaskAccuracy, "words at [MASK] guessed right", "[MASK] right", true),
        new(GeneratedAuc, "AUC, the generator's replacements", "RTD AUC", false),
        new(UniformAuc, "AUC, 10 % uniform replacements", "uniform", false),
        new(UnigramAuc, "AUC, 10 % drawn by word frequency", "unigram", false),
        new(NeighboursAuc, "AUC, 10 % exchanged with a neighbour", "neighbours", false),
        new(SwapFirst, "swapped word ranked first", "swap first", true),
        new(Pairs, "minimal pairs", "BLiMP", true),
    ];

    /// <summary>The key of a task.</summary>
    public static string OfTask(string task) => TaskPrefix + task;

    /// <summary>The columns of figures, in order.</summary>
    /// <param name="keys">The figures' keys.</param>
    public static IReadOnlyList<JudgeColumn> Of(IEnumerable<string> keys)
    {
        HashSet<string> present = [.. keys];
        return
        [
            .. Fixed.Where(column => present.Contains(column.Key)),
            .. present.Where(key => key.StartsWith(TaskPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .Select(key => new JudgeColumn(key, $"{key[TaskPrefix.Length..]}, fine-tuned, median", key[TaskPrefix.Length..], true)),
        ];
    }

    /// <summary>A value for people, in percent where it says so.</summary>
    public string Text(double value) => IsPercent ? FormattableString.Invariant($"{100 * value:F1}") : FormattableString.Invariant($"{value:F3}");
}
