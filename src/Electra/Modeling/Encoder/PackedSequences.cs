using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Where the tokens of a padded batch are. Given with the attention mask, it lets layers on CUDA run on the tokens alone, laid one after the
/// other, without asking the device where they are. Its tensors belong to the scope in which it is made and must live until the backward pass
/// is over.
/// </summary>
public sealed class PackedSequences
{
    private PackedSequences(int[] lengths, int sequenceLength, Tensor rows, Tensor offsets) =>
        (Lengths, SequenceLength, Rows, Offsets) = (lengths, sequenceLength, rows, offsets);

    /// <summary>Tokens of each sequence that are no padding.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Positions of each sequence, padding included.</summary>
    public int SequenceLength { get; }

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest => Lengths.Max();

    /// <summary>int64 (tokens): the place of each token among all positions of the batch, batch x sequence length.</summary>
    internal Tensor Rows { get; }

    /// <summary>int32 (batch + 1): the number of tokens before each sequence, and of all.</summary>
    internal Tensor Offsets { get; }

    /// <summary>Makes the layout of a batch whose padding follows its tokens, and copies it to a device without waiting for it.</summary>
    /// <param name="lengths">Tokens of each sequence, from 0 to <paramref name="sequenceLength"/>.</param>
    /// <param name="sequenceLength">Positions of each sequence.</param>
    /// <param name="device">Where the batch is.</param>
    /// <exception cref="ArgumentException">A length is out of range, or there is no token at all.</exception>
    public static PackedSequences Of(ReadOnlySpan<int> lengths, int sequenceLength, Device device)
    {
        int[] tokens = lengths.ToArray(), offsets = new int[lengths.Length + 1];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] < 0 || tokens[i] > sequenceLength)
                throw new ArgumentException($"A sequence of {sequenceLength} positions can't hold {tokens[i]} tokens.", nameof(lengths));
            offsets[i + 1] = offsets[i] + tokens[i];
        }

        if (offsets[^1] == 0) throw new ArgumentException("There is no token in the batch.", nameof(lengths));
        var rows = new long[offsets[^1]];
        for (int i = 0; i < tokens.Length; i++)
            for (int j = 0; j < tokens[i]; j++) rows[offsets[i] + j] = ((long)i * sequenceLength) + j;
        return new PackedSequences(tokens, sequenceLength, HostToDevice.Move(tensor(rows), device), HostToDevice.Move(tensor(offsets), device));
    }

    /// <summary>The tokens of a padded batch: (batch, seq, width) to (tokens, width).</summary>
    internal Tensor Pack(Tensor padded)
    {
        using DisposeScope scope = NewDisposeScope();
        return padded.flatten(0, 1).index_select(0, Rows).MoveToOuterDisposeScope();
    }

    /// <summary>The inverse of <see cref="Pack"/>, with zeros where there is padding.</summary>
    internal Tensor Unpack(Tensor packed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor padded = zeros([(long)Lengths.Count * SequenceLength, packed.shape[1]], packed.dtype, packed.device);
        return padded.index_copy(0, Rows, packed).view(Lengths.Count, SequenceLength, -1).MoveToOuterDisposeScope();
    }

    /// <summary>The same with another handle to <see cref="Offsets"/>.</summary>
    internal PackedSequences With(Tensor offsets) => new((int[])Lengths, SequenceLength, Rows, offsets);
}
