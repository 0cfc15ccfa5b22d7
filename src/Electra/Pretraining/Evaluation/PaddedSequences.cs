using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Sequences of token ids in one batch: each between [CLS] and [SEP], padded to the longest.</summary>
/// <param name="Ids">Row after row; may be changed until they are made a tensor.</param>
/// <param name="Mask">1 for what is no padding.</param>
/// <param name="Length">Positions of a row.</param>
internal sealed record PaddedSequences(long[] Ids, long[] Mask, int Length)
{
    /// <summary>Lays sequences out.</summary>
    /// <param name="sequences">Token ids without [CLS] and [SEP]; at least one sequence.</param>
    /// <param name="clsId">Id that opens a row.</param>
    /// <param name="sepId">Id that closes it.</param>
    /// <param name="padId">Id of what follows.</param>
    public static PaddedSequences Of(IReadOnlyList<int[]> sequences, int clsId, int sepId, int padId)
    {
        int length = sequences.Max(sequence => sequence.Length) + 2;
        var ids = new long[sequences.Count * length];
        var mask = new long[ids.Length];
        Array.Fill(ids, padId);
        for (int row = 0; row < sequences.Count; row++)
        {
            int[] sequence = sequences[row];
            int start = row * length;
            ids[start] = clsId;
            for (int i = 0; i < sequence.Length; i++) ids[start + 1 + i] = sequence[i];
            ids[start + 1 + sequence.Length] = sepId;
            Array.Fill(mask, 1, start, sequence.Length + 2);
        }

        return new PaddedSequences(ids, mask, length);
    }

    /// <summary>int64 (batch, seq)</summary>
    public Tensor InputIds(Device device) => tensor(Ids, device: device).view(-1, Length);

    /// <summary>int64 (batch, seq); null where nothing is padded.</summary>
    public Tensor? AttentionMask(Device device) => Mask.Contains(0) ? tensor(Mask, device: device).view(-1, Length) : null;
}
