using System.Collections;

namespace Electra.Tokenization;

/// <summary>
/// Several texts, padded to one length. Arrays are row-major (batch, sequence), ready for <c>torch.tensor(array, [batch, sequence])</c>.
/// </summary>
public sealed class EncodedBatch
{
    private readonly TokenMatrix _matrix;

    internal EncodedBatch(TokenMatrix matrix, Func<int, TokenizedText> row) =>
        (_matrix, Texts) = (matrix, new RowsOnDemand(matrix.Rows, row));

    /// <summary>Rows.</summary>
    public int BatchSize => _matrix.Rows;

    /// <summary>Tokens a row, padding included.</summary>
    public int SequenceLength => _matrix.Length;

    /// <summary>
    /// The rows, in the order of the input. Each is made when it is first asked for, by encoding its text again: only those who need
    /// offsets or text indices pay for them.
    /// </summary>
    public IReadOnlyList<TokenizedText> Texts { get; }

    /// <summary>Vocabulary ids, (batch, sequence).</summary>
    public long[] InputIds => _matrix.Ids;

    /// <summary>0 or 1, (batch, sequence); made when it is first asked for.</summary>
    public long[] TokenTypeIds => _matrix.TypeIds;

    /// <summary>1 for tokens, 0 for padding, (batch, sequence); made when it is first asked for.</summary>
    public long[] AttentionMask => _matrix.AttentionMask;

    private sealed class RowsOnDemand(int count, Func<int, TokenizedText> row) : IReadOnlyList<TokenizedText>
    {
        private readonly TokenizedText?[] _rows = new TokenizedText?[count];

        public int Count => count;

        // made twice when two threads ask at once, which does no harm
        public TokenizedText this[int index] => _rows[index] ??= row(index);

        public IEnumerator<TokenizedText> GetEnumerator() => Enumerable.Range(0, count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
