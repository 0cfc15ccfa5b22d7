using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>
/// Some sequences as a model's input, padded on the right to the longest of them, rounded up: a model keeps buffers for each shape it meets, so there
/// shall be few.
/// </summary>
/// <param name="InputIds">int64 (rows, seq)</param>
/// <param name="AttentionMask">int64 (rows, seq), 0 at padding; null when there is none.</param>
/// <param name="TokenTypeIds">int64 (rows, seq); null when all are 0.</param>
internal sealed record TokenRows(Tensor InputIds, Tensor? AttentionMask, Tensor? TokenTypeIds)
{
    private const int Multiple = 8;

    /// <summary>The rows as they were before padding.</summary>
    public IReadOnlyList<TokenSequence> Sequences { get; init; } = [];

    /// <summary>Padded positions, padding included.</summary>
    public long Positions => InputIds.shape[0] * InputIds.shape[1];

    /// <summary>The length that sequences are padded to.</summary>
    /// <param name="longest">Of the longest one.</param>
    /// <param name="limit">The model's positions.</param>
    public static int PaddedLength(int longest, int limit) => Math.Max(longest, Math.Min(limit, (longest + Multiple - 1) / Multiple * Multiple));

    /// <summary>Makes the tensors, in the current dispose scope.</summary>
    /// <param name="sequences">The rows, one at least.</param>
    /// <param name="padId">The id of padding.</param>
    /// <param name="limit">The model's positions.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="padToLimit">Whether to pad to <paramref name="limit"/>, whatever the lengths.</param>
    public static TokenRows Of(IReadOnlyList<TokenSequence> sequences, int padId, int limit, Device device, bool padToLimit = false)
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

        Tensor? On(long[]? values) => values is null ? null : tensor(values, [rows, length], device: device);
        return new TokenRows(On(ids)!, On(mask), On(types)) { Sequences = sequences };
    }
}
