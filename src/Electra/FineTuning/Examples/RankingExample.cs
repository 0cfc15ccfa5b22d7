namespace Electra.FineTuning;

/// <summary>A query with the passages that are to be ranked for it.</summary>
/// <param name="Query">What is asked.</param>
/// <param name="Passages">The candidates; one at least.</param>
/// <param name="IsRelevant">Of each, whether it answers the query.</param>
/// <param name="Id">What its file calls it; null where it says nothing.</param>
public sealed record RankingExample(string Query, IReadOnlyList<string> Passages, IReadOnlyList<bool> IsRelevant, string? Id = null)
{
    /// <summary>Whether one of its passages at least answers it: else no order is better than another.</summary>
    internal bool HasRelevant => IsRelevant.Contains(true);

    /// <summary>Whether some of its passages answer it and some don't, so that there are pairs to tell apart.</summary>
    internal bool HasBoth => HasRelevant && IsRelevant.Contains(false);
}
