using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>
/// Cuts the examples of an update into parts of similar length, so that little padding goes through the network. Gradients of parts add up, so the
/// update is that of the whole.
/// </summary>
internal sealed class BatchParts(BatchPadding padding, int maxLength, int positionsPerPass)
{
    // What a pass costs beside its positions, in positions: small networks lose more by another pass than by some padding.
    private const long PassCost = 192;

    /// <summary>The examples of a batch that one rank takes: every so many-th by length, so that all ranks have about the same to do.</summary>
    /// <param name="batch">In any order.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="size">All ranks. Those beyond the number of examples get none.</param>
    public static IReadOnlyList<EncodedExample> Share(IReadOnlyList<EncodedExample> batch, int rank, int size) =>
        size == 1 ? batch : [.. batch.OrderBy(example => example.Length).Index().Where(item => item.Index % size == rank).Select(item => item.Item)];

    /// <summary>Cuts a batch.</summary>
    /// <param name="batch">In any order; each with one sequence or several.</param>
    public IReadOnlyList<EncodedExample[]> Cut(IReadOnlyList<EncodedExample> batch)
    {
        if (batch.Count == 0) return [];
        EncodedExample[] sorted = [.. batch.OrderBy(example => example.Length)]; // stable
        int most = padding == BatchPadding.ByLength ? 0 : Padded(padding == BatchPadding.MaxLength ? maxLength : sorted[^1].Length);
        // The cheapest way to cut the first n examples, for every n.
        var cost = new long[sorted.Length + 1];
        var start = new int[sorted.Length + 1];
        for (int end = 1; end <= sorted.Length; end++)
        {
            cost[end] = long.MaxValue;
            long rows = 0;
            for (int first = end - 1; first >= 0; first--)
            {
                rows += sorted[first].Sequences.Length;
                long positions = rows * Math.Max(most, Padded(sorted[end - 1].Length));
                if (positions > positionsPerPass && first < end - 1) break;
                if (cost[first] + positions + PassCost < cost[end]) (cost[end], start[end]) = (cost[first] + positions + PassCost, first);
            }
        }

        var parts = new List<EncodedExample[]>();
        for (int end = sorted.Length; end > 0; end = start[end]) parts.Add(sorted[start[end]..end]);
        parts.Reverse();
        return parts;
    }

    private int Padded(int length) => PaddedRows.PaddedLength(length, maxLength);
}
