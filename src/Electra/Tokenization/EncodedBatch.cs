namespace Electra.Tokenization;

/// <summary>
/// Several texts, padded to one length. Arrays are row-major (batch, sequence), ready for <c>torch.tensor(array, [batch, sequence])</c>.
/// </summary>
public sealed class EncodedBatch
{
    internal EncodedBatch(IReadOnlyList<TokenizedText> texts, int sequenceLength)
    {
        (Texts, SequenceLength) = (texts, sequenceLength);
        InputIds = Flatten(text => text.Ids);
        TokenTypeIds = Flatten(text => text.TypeIds);
        AttentionMask = Flatten(text => text.AttentionMask);
    }

    /// <summary>Rows.</summary>
    public int BatchSize => Texts.Count;

    /// <summary>Tokens a row, padding included.</summary>
    public int SequenceLength { get; }

    /// <summary>The rows, in the order of the input.</summary>
    public IReadOnlyList<TokenizedText> Texts { get; }

    /// <summary>Vocabulary ids, (batch, sequence).</summary>
    public long[] InputIds { get; }

    /// <summary>0 or 1, (batch, sequence).</summary>
    public long[] TokenTypeIds { get; }

    /// <summary>1 for tokens, 0 for padding, (batch, sequence).</summary>
    public long[] AttentionMask { get; }

    private long[] Flatten(Func<TokenizedText, IReadOnlyList<int>> row)
    {
        long[] flat = new long[Texts.Count * SequenceLength];
        int next = 0;
        foreach (TokenizedText text in Texts)
        {
            foreach (int value in row(text)) flat[next++] = value;
        }

        return flat;
    }
}
