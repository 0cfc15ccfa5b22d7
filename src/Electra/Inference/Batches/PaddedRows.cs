namespace Electra.Inference;

/// <summary>
/// Some sequences as numbers, row after row, padded on the right to the longest of them, rounded up: a model keeps buffers for each shape it meets, so
/// there shall be few.
/// </summary>
/// <param name="Rows">How many.</param>
/// <param name="Length">Of each, padding included.</param>
/// <param name="Ids">Vocabulary ids.</param>
/// <param name="Mask">1, and 0 at padding; null when there is none.</param>
/// <param name="Types">0 or 1; null when all are 0.</param>
internal sealed record PaddedRows(int Rows, int Length, long[] Ids, long[]? Mask, long[]? Types)
{
    private const int Multiple = 8;

    /// <summary>The length that sequences are padded to.</summary>
    /// <param name="longest">Of the longest one.</param>
    /// <param name="limit">The model's positions.</param>
    public static int PaddedLength(int longest, int limit) => Math.Max(longest, Math.Min(limit, (longest + Multiple - 1) / Multiple * Multiple));

    /// <summary>The sequences in groups of similar length, the longest first: what does not fit fails at once.</summary>
    /// <param name="sequences">Any number.</param>
    /// <param name="limit">The model's positions.</param>
    /// <param name="positionsPerPass">Positions of a group, padding included, unless one sequence has more.</param>
    /// <returns>Of each group the indices of its sequences.</returns>
    public static IEnumerable<int[]> Passes(IReadOnlyList<TokenSequence> sequences, int limit, int positionsPerPass)
    {
        int[] order = [.. Enumerable.Range(0, sequences.Count).OrderByDescending(i => sequences[i].Length)];
        for (int start = 0; start < order.Length;)
        {
            int rows = Math.Max(1, positionsPerPass / PaddedLength(sequences[order[start]].Length, limit));
            int end = Math.Min(order.Length, start + rows);
            yield return order[start..end];
            start = end;
        }
    }

    /// <summary>Pads.</summary>
    /// <param name="sequences">The rows, one at least.</param>
    /// <param name="padId">The id of padding.</param>
    /// <param name="limit">The model's positions.</param>
    /// <param name="padToLimit">Whether to pad to <paramref name="limit"/>, whatever the lengths.</param>
    public static PaddedRows Of(IReadOnlyList<TokenSequence> sequences, int padId, int limit, bool padToLimit = false)
    {
        int rows = sequences.Count, length = padToLimit ? limit : PaddedLength(sequences.Max(sequence => sequence.Length), limit);
        var ids = new long[rows * length];
        long[]? mask = sequences.All(sequence => sequence.Length == length) ? null : new long[ids.Length];
        long[]? types = sequences.All(sequence => sequence.SecondFrom >= sequence.Length) ? null : new long[ids.Length];
        for (int row = 0; row < rows; row++)
        {
            TokenSequence sequence = sequences[row];
            int start = row * length, end = start + sequence.Length;
            for (int i = 0; i < sequence.Length; i++) ids[start + i] = sequence.Ids[i];
            ids.AsSpan(end, length - sequence.Length).Fill(padId);
            mask?.AsSpan(start, sequence.Length).Fill(1);
            if (sequence.SecondFrom < sequence.Length) types?.AsSpan(start + sequence.SecondFrom, sequence.Length - sequence.SecondFrom).Fill(1);
        }

        return new PaddedRows(rows, length, ids, mask, types);
    }
}
