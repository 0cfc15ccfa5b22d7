namespace Electra.Checkpoints;

/// <summary>What an index says of one variable, or of one part of one.</summary>
/// <param name="Type">The number of the element type.</param>
/// <param name="Shape">The sizes of the dimensions.</param>
/// <param name="Shard">The data file, from 0.</param>
/// <param name="Offset">The first byte in it.</param>
/// <param name="Size">The number of bytes.</param>
/// <param name="Checksum">Of these bytes, masked.</param>
/// <param name="Slices">Of a partitioned variable, which has no bytes of its own: start and length of each part in each dimension, a length of -1 being all of it.</param>
internal sealed record BundleRecord(
    int Type, long[] Shape, int Shard, long Offset, long Size, uint Checksum, IReadOnlyList<(long Start, long Length)[]> Slices)
{
    private const int HighestRank = 32;

    /// <summary>Reads an entry.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="what">The file and the variable, for messages.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static BundleRecord Parse(ReadOnlySpan<byte> bytes, string what)
    {
        int type = 0, shard = 0;
        long offset = 0, size = 0;
        uint checksum = 0;
        List<long> shape = [];
        List<(long, long)[]> slices = [];
        var reader = new ProtoReader(bytes, what);
        while (reader.NextField() is int field and not 0)
        {
            if (field == 1) type = reader.Int32();
            else if (field == 2) ReadShape(reader.Message(), shape, what);
            else if (field == 3) shard = reader.Int32();
            else if (field == 4) offset = reader.Int64();
            else if (field == 5) size = reader.Int64();
            else if (field == 6) checksum = reader.Fixed32();
            else if (field == 7) slices.Add(Slice(reader.Message(), what));
            else reader.Skip();
        }

        if (offset < 0 || size < 0 || offset > long.MaxValue - size) throw Fault(what, $"it lies at {offset} and has {size} bytes");
        return new BundleRecord(type, [.. shape], shard, offset, size, checksum, slices);
    }

    /// <summary>The number of elements.</summary>
    /// <param name="what">The file and the variable, for messages.</param>
    /// <exception cref="InvalidDataException">No tensor can be that large, even without the dimensions that are 0.</exception>
    public long Count(string what)
    {
        Int128 strides = 1;
        foreach (long size in Shape)
        {
            strides *= Math.Max(1, size);
            if (strides > long.MaxValue / sizeof(double)) throw Fault(what, $"no tensor has the shape [{string.Join(", ", Shape)}]");
        }

        return Shape.Contains(0) ? 0 : (long)strides;
    }

    private static void ReadShape(ProtoReader reader, List<long> shape, string what)
    {
        while (reader.NextField() is int field and not 0)
        {
            if (field == 2) shape.Add(Dimension(reader.Message(), what));
            else if (field == 3 && reader.Int64() != 0) throw Fault(what, "its shape is unknown");
            else if (field != 3) reader.Skip();
            if (shape.Count > HighestRank) throw Fault(what, $"it has more than {HighestRank} dimensions");
        }
    }

    private static long Dimension(ProtoReader reader, string what)
    {
        long size = 0;
        while (reader.NextField() is int field and not 0)
        {
            if (field == 1) size = reader.Int64();
            else reader.Skip();
        }

        return size >= 0 ? size : throw Fault(what, $"a dimension is {size}");
    }

    private static (long Start, long Length)[] Slice(ProtoReader reader, string what)
    {
        List<(long, long)> extents = [];
        while (reader.NextField() is int field and not 0)
        {
            if (field == 1) extents.Add(Extent(reader.Message()));
            else reader.Skip();
            if (extents.Count > HighestRank) throw Fault(what, $"it has more than {HighestRank} dimensions");
        }

        return [.. extents];
    }

    private static (long Start, long Length) Extent(ProtoReader reader)
    {
        (long start, long length) = (0, -1);
        while (reader.NextField() is int field and not 0)
        {
            if (field == 1) start = reader.Int64();
            else if (field == 2) length = reader.Int64();
            else reader.Skip();
        }

        return (start, length);
    }

    private static InvalidDataException Fault(string what, string fault) => new($"{what} is damaged: {fault}; get the file again.");
}
