namespace Electra.Tokenization;

/// <summary>
/// Rows of equal length, one after the other, as a model takes them. Only ids are made at once: arrays of many rows are large objects, whose
/// pages and collections cost as much as the ids, so nobody pays for one that isn't asked for.
/// </summary>
internal sealed class TokenMatrix
{
    private readonly int[] _tokens; // of each row, padding excluded
    private long[]? _typeIds, _attentionMask;

    public TokenMatrix(int rows, int length)
    {
        long size = (long)rows * length;
        if (size > Array.MaxLength)
            throw new ArgumentException($"{rows:N0} rows of {length:N0} tokens are too many for one array; encode fewer texts at a time");
        (Rows, Length, _tokens) = (rows, length, new int[rows]);
        Ids = GC.AllocateUninitializedArray<long>((int)size); // every place is written once, by the thread that fills its row
    }

    public int Rows { get; }

    public int Length { get; }

    public long[] Ids { get; }

    /// <summary>Zeros but for second texts.</summary>
    public long[] TypeIds => LazyInitializer.EnsureInitialized(ref _typeIds, () => new long[Ids.Length]);

    public long[] AttentionMask => LazyInitializer.EnsureInitialized(ref _attentionMask, MakeMask);

    /// <summary>The ids of a row, to be written.</summary>
    public Span<long> Row(int row) => Ids.AsSpan(row * Length, Length);

    /// <summary>Says how many places of a row are no padding.</summary>
    public void SetTokens(int row, int count) => _tokens[row] = count;

    private long[] MakeMask()
    {
        long[] mask = GC.AllocateUninitializedArray<long>(Ids.Length);
        for (int row = 0; row < Rows; row++)
        {
            Span<long> places = mask.AsSpan(row * Length, Length);
            places[.._tokens[row]].Fill(1);
            places[_tokens[row]..].Clear();
        }

        return mask;
    }
}
