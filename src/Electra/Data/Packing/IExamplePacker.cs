namespace Electra.Data;

/// <summary>
/// Cuts a corpus into examples of a fixed length. Examples are numbered and each can be made by itself, so nothing is kept between
/// them.
/// </summary>
internal interface IExamplePacker
{
    /// <summary>The examples of one epoch; the same in every epoch.</summary>
    long ExampleCount { get; }

    /// <summary>Whether examples can have a second segment.</summary>
    bool HasSegments { get; }

    /// <summary>What happens to the text.</summary>
    PackingReport Report { get; }

    /// <summary>Makes an example. Safe to call from several threads.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="example">The example's number, from 0.</param>
    /// <param name="inputIds">Filled with ids, one for each position; the end may be padding.</param>
    /// <param name="tokenTypeIds">Filled with 0 and 1; empty when the caller does not need them.</param>
    /// <returns>How many positions are not padding.</returns>
    /// <exception cref="InvalidDataException">A shard was altered.</exception>
    int Fill(long epoch, long example, Span<long> inputIds, Span<long> tokenTypeIds);
}
