namespace Electra.Data;

/// <summary>
/// The training or the held-out examples of a dataset, as an endless stream in which every place can be asked for alone. Training
/// examples are shuffled anew each epoch, over the whole corpus; held-out ones keep their order and their cuts. Safe to use from
/// several threads.
/// </summary>
internal sealed class PretrainingExamples
{
    private readonly IExamplePacker _packer;
    private readonly int _sequenceLength;
    private readonly long? _shuffleSeed;

    internal PretrainingExamples(TokenCorpus corpus, IExamplePacker packer, int sequenceLength, long? shuffleSeed) =>
        (Corpus, _packer, _sequenceLength, _shuffleSeed) = (corpus, packer, sequenceLength, shuffleSeed);

    /// <summary>The documents that the examples are cut from.</summary>
    public TokenCorpus Corpus { get; }

    /// <summary>The examples of one epoch.</summary>
    public long ExampleCount => _packer.ExampleCount;

    /// <summary>How much of the text the examples hold.</summary>
    public PackingReport Packing => _packer.Report;

    /// <summary>The position that lies <paramref name="count"/> examples further on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position lies outside the epoch.</exception>
    public DataPosition Advance(DataPosition position, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (position.Epoch < 0 || position.Index < 0 || position.Index > ExampleCount || ExampleCount == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position,
                $"The position lies outside the {ExampleCount:N0} examples of an epoch: " +
                "the shards or the data options have changed since it was kept.");
        }

        long index = checked(position.Index + count);
        return new DataPosition(position.Epoch + index / ExampleCount, index % ExampleCount);
    }

    /// <summary>
    /// Reads the examples from a position on; behind the last one of an epoch comes the first of the next, so batches are always full.
    /// </summary>
    /// <param name="position">
    /// Where to start. A rank that reads a part of a batch starts at <see cref="Advance"/> of the batch's position.
    /// </param>
    /// <param name="count">The number of examples.</param>
    /// <returns>A batch that the caller disposes.</returns>
    /// <exception cref="InvalidDataException">A shard was altered.</exception>
    public TokenBatch ReadBatch(DataPosition position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        position = Advance(position, 0);
        var batch = new TokenBatch(count, _sequenceLength, _packer.HasSegments);
        try
        {
            Span<long> ids = TokenBatch.Values(batch.InputIds);
            Span<long> types = TokenBatch.Values(batch.TokenTypeIds);
            var lengths = new int[count];
            for (int i = 0; i < count; i++)
            {
                int row = i * _sequenceLength;
                lengths[i] = Fill(position, ids.Slice(row, _sequenceLength), types.IsEmpty ? types : types.Slice(row, _sequenceLength));
                position = Advance(position, 1);
            }

            batch.SetLengths(lengths);
            batch.Next = position;
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Reads all examples once, in batches of which only the last may be smaller; the caller disposes each.</summary>
    /// <param name="batchSize">The examples of a batch.</param>
    /// <param name="limit">The number of examples after which to stop; null: all.</param>
    public IEnumerable<TokenBatch> ReadOnce(int batchSize, long? limit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        long end = Math.Min(limit ?? long.MaxValue, ExampleCount);
        for (long index = 0; index < end; index += batchSize)
            yield return ReadBatch(new DataPosition(0, index), (int)Math.Min(batchSize, end - index));
    }

    private int Fill(DataPosition position, Span<long> ids, Span<long> types)
    {
        if (_shuffleSeed is not long seed) return _packer.Fill(0, position.Index, ids, types);
        long example = new ExamplePermutation(ExampleCount, seed, position.Epoch)[position.Index];
        return _packer.Fill(position.Epoch, example, ids, types);
    }
}
