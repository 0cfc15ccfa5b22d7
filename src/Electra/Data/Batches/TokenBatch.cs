using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Electra.Data;

/// <summary>A batch of examples on the CPU. It owns its tensors, whatever dispose scope was open when it was made.</summary>
internal sealed class TokenBatch : IDisposable
{
    internal TokenBatch(int examples, int sequenceLength, bool segments)
    {
        InputIds = NewTensor(examples, sequenceLength);
        TokenTypeIds = segments ? NewTensor(examples, sequenceLength) : null;
    }

    /// <summary>The ids; int64 (batch, seq).</summary>
    public Tensor InputIds { get; private set; }

    /// <summary>1 for text and special tokens, 0 for padding; int64 (batch, seq); null when nothing is padding.</summary>
    public Tensor? AttentionMask { get; private set; }

    /// <summary>0 for the first segment and padding, 1 for the second; int64 (batch, seq); null when all are 0.</summary>
    public Tensor? TokenTypeIds { get; private set; }

    /// <summary>How many positions of each example are not padding; null when nothing is padding.</summary>
    public IReadOnlyList<int>? Lengths { get; private set; }

    /// <summary>The positions that are not padding.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Where the example after the last of this batch is.</summary>
    public DataPosition Next { get; internal set; }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        InputIds.Dispose();
        AttentionMask?.Dispose();
        TokenTypeIds?.Dispose();
    }

    /// <summary>The memory of an int64 tensor on the CPU.</summary>
    internal static Span<long> Values(Tensor? tensor) => tensor is null ? [] : MemoryMarshal.Cast<byte, long>(tensor.bytes);

    /// <summary>Sets how many positions of each example are not padding.</summary>
    internal void SetLengths(ReadOnlySpan<int> lengths)
    {
        int sequenceLength = (int)InputIds.shape[1];
        TokenCount = 0;
        foreach (int length in lengths) TokenCount += length;
        if (TokenCount == (long)lengths.Length * sequenceLength) return;
        Lengths = lengths.ToArray();
        AttentionMask = NewTensor(lengths.Length, sequenceLength);
        Span<long> mask = Values(AttentionMask);
        for (int i = 0; i < lengths.Length; i++)
        {
            Span<long> row = mask.Slice(i * sequenceLength, sequenceLength);
            row[..lengths[i]].Fill(1);
            row[lengths[i]..].Clear();
        }
    }

    /// <summary>Moves the tensors to page-locked memory, from which a GPU copies without making the host wait.</summary>
    internal void Pin()
    {
        InputIds = Pinned(InputIds);
        AttentionMask = AttentionMask is null ? null : Pinned(AttentionMask);
        TokenTypeIds = TokenTypeIds is null ? null : Pinned(TokenTypeIds);
    }

    private static Tensor Pinned(Tensor pageable)
    {
        using (pageable) return pageable.pin_memory().DetachFromDisposeScope();
    }

    private static Tensor NewTensor(int examples, int sequenceLength) =>
        empty([examples, sequenceLength], dtype: ScalarType.Int64, device: CPU).DetachFromDisposeScope();
}
