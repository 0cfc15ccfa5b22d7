namespace Electra.Tokenization;

/// <summary>Rows of equal length, one after the other, as a model takes them.</summary>
internal sealed class TokenMatrix
{
    private long[]? _typeIds;

    public TokenMatrix(int rows, int length)
    {
        long size = (long)rows * length;
        if (size > Array.MaxLength)
            throw new ArgumentException($"{rows:N0} rows of {length:N0} tokens are too many for one array; encode fewer texts at a time");
        (Rows, Length) = (rows, length);
        // every place is written once, by the thread that fills its row
        (Ids, AttentionMask) = (GC.AllocateUninitializedArray<long>((int)size), GC.AllocateUninitializedArray<long>((int)size));
    }

    public int Rows { get; }

    public int Length { get; }

    public long[] Ids { get; }

    /// <summary>Made when first asked for: single texts need nothing but zeros, and many models not even those.</summary>
    public long[] TypeIds => LazyInitializer.EnsureInitialized(ref _typeIds, () => new long[Ids.Length]);

    public long[] AttentionMask { get; }
}
