using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>Some sequences as a model's input, padded as <see cref="PaddedRows"/> are.</summary>
/// <param name="InputIds">int64 (rows, seq)</param>
/// <param name="AttentionMask">int64 (rows, seq), 0 at padding; null when there is none.</param>
/// <param name="TokenTypeIds">int64 (rows, seq); null when all are 0.</param>
internal sealed record TokenRows(Tensor InputIds, Tensor? AttentionMask, Tensor? TokenTypeIds)
{
    /// <summary>The rows as they were before padding.</summary>
    public IReadOnlyList<TokenSequence> Sequences { get; init; } = [];

    /// <summary>Padded positions, padding included.</summary>
    public long Positions => InputIds.shape[0] * InputIds.shape[1];

    /// <summary>Makes the tensors, in the current dispose scope.</summary>
    /// <param name="sequences">The rows, one at least.</param>
    /// <param name="padId">The id of padding.</param>
    /// <param name="limit">The model's positions.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="padToLimit">Whether to pad to <paramref name="limit"/>, whatever the lengths.</param>
    public static TokenRows Of(IReadOnlyList<TokenSequence> sequences, int padId, int limit, Device device, bool padToLimit = false)
    {
        PaddedRows rows = PaddedRows.Of(sequences, padId, limit, padToLimit);
        Tensor? On(long[]? values) => values is null ? null : tensor(values, [rows.Rows, rows.Length], device: device);
        return new TokenRows(On(rows.Ids)!, On(rows.Mask), On(rows.Types)) { Sequences = sequences };
    }
}
