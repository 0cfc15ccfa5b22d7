using System.Text;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>What an index file says: the number of data files, and every variable with the places of its bytes.</summary>
internal sealed class BundleIndex
{
    private const int Version = 1;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly Dictionary<string, BundleRecord> _records = new(StringComparer.Ordinal);

    private BundleIndex(string path) => _path = path;

    /// <summary>The number of data files.</summary>
    public int Shards { get; private set; }

    /// <summary>Reads an index and checks all of it but the ranges, which <see cref="RequireWithin"/> checks.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of a kind that is not read; names the fault.</exception>
    public static BundleIndex Parse(byte[] file, string path)
    {
        var index = new BundleIndex(path);
        bool isFirst = true;
        foreach ((string key, ReadOnlyMemory<byte> value) in IndexTable.Read(file, path))
        {
            if (isFirst && key.Length == 0) index.ReadHeader(value.Span);
            else if (isFirst) throw new InvalidDataException($"'{path}' is a table, but no checkpoint's: it does not begin with a header.");
            else index._records.Add(key, BundleRecord.Parse(value.Span, index.What(key)));
            isFirst = false;
        }

        return isFirst ? throw new InvalidDataException($"'{path}' is empty.") : index;
    }

    /// <summary>Makes sure that all bytes lie in the data files, and that no two variables have the same, so that all together are no larger.</summary>
    /// <param name="lengths">Of the data files.</param>
    /// <exception cref="InvalidDataException">It is not so; names the variable.</exception>
    public void RequireWithin(ReadOnlySpan<long> lengths)
    {
        (int Shard, long End) last = (-1, 0);
        foreach ((string key, BundleRecord record) in _records.Where(pair => pair.Value.Slices.Count == 0).OrderBy(pair => pair.Value.Shard).ThenBy(pair => pair.Value.Offset).ThenBy(pair => pair.Value.Size))
        {
            if (record.Shard < 0 || record.Shard >= Shards) throw Fault(key, $"it is said to be in data file {record.Shard} of {Shards}");
            long end = record.Offset + record.Size;
            if (end > lengths[record.Shard])
                throw Fault(key, $"it ends at byte {end} of data file {record.Shard}, which has {lengths[record.Shard]}");
            if (record.Shard == last.Shard && record.Offset < last.End) throw Fault(key, "its bytes are another variable's, too");
            last = (record.Shard, end);
        }
    }

    /// <summary>The variables by name, partitioned ones as one.</summary>
    /// <exception cref="InvalidDataException">Shapes, sizes or parts do not agree; names the variable.</exception>
    public Dictionary<string, BundleVariable> Variables()
    {
        Dictionary<string, BundleVariable> variables = new(StringComparer.Ordinal);
        foreach ((string key, BundleRecord record) in _records.Where(pair => pair.Key[0] != SliceKey.Mark))
        {
            string name = Name(key);
            variables.Add(name, record.Slices.Count == 0 ? Whole(name, key, record) : Partitioned(name, key, record));
        }

        return variables;
    }

    private BundleVariable Whole(string name, string key, BundleRecord record)
    {
        CheckSize(key, record);
        return new BundleVariable(Entry(name, record, record.Size, 1), -1, [new BundlePart(record.Shard, record.Offset, record.Size, record.Checksum)]);
    }

    // TensorFlow's partitioners cut along one dimension.
    private BundleVariable Partitioned(string name, string key, BundleRecord record)
    {
        record.Count(What(key)); // only to check
        int rank = record.Shape.Length;
        if (record.Slices.FirstOrDefault(slice => slice.Length != rank) is { } other)
            throw Fault(key, $"a part of it has {other.Length} dimension(s), but the variable {rank}");
        bool IsCut(int dimension) => record.Slices.Any(slice => !IsWhole(slice[dimension], record.Shape[dimension]));
        int[] cuts = [.. Enumerable.Range(0, rank).Where(IsCut)];
        if (cuts.Length > 1 || (cuts.Length == 0 && record.Slices.Count > 1))
            throw Fault(key, $"its {record.Slices.Count} parts are cut along {cuts.Length} dimensions; only one is read here");
        if (cuts is not [int axis])
        {
            BundlePart whole = Part(key, record, record.Slices[0], axis: -1);
            return new BundleVariable(Entry(name, record, whole.Size, 1), -1, [whole]);
        }

        BundlePart[] parts = [.. record.Slices.Select(slice => Part(key, record, slice, axis)).OrderBy(part => part.Start).ThenBy(part => part.Length)];
        long end = 0;
        foreach (BundlePart part in parts)
        {
            if (part.Start != end) throw Fault(key, part.Start < end ? $"its parts overlap at {part.Start}" : $"there is no part of it between {end} and {part.Start}");
            end += part.Length;
        }

        if (end != record.Shape[axis]) throw Fault(key, $"its parts end at {end} where it ends at {record.Shape[axis]}");
        return new BundleVariable(Entry(name, record, parts.Sum(part => part.Size), parts.Length), axis, parts);
    }

    private BundlePart Part(string key, BundleRecord record, (long Start, long Length)[] slice, int axis)
    {
        long[] shape = [.. record.Shape];
        (long start, long length) = (0, 0);
        if (axis >= 0)
        {
            (start, length) = IsWhole(slice[axis], shape[axis]) ? (0, shape[axis]) : slice[axis];
            if (start < 0 || length < 0 || start > shape[axis] - length)
                throw Fault(key, $"a part from {start} on, {length} long, is outside of its dimension of {shape[axis]}");
            shape[axis] = length;
        }

        if (!_records.TryGetValue(SliceKey.Of(key, slice), out BundleRecord? part)) throw Fault(key, $"its part from {start} on is missing");
        if (part.Type != record.Type || part.Slices.Count > 0 || !part.Shape.AsSpan().SequenceEqual(shape))
            throw Fault(key, $"its part from {start} on has another type or shape than the variable says");
        CheckSize(key, part);
        return new BundlePart(part.Shard, part.Offset, part.Size, part.Checksum, start, length);
    }

    private static bool IsWhole((long Start, long Length) extent, long size) => extent == (0, -1) || extent == (0, size);

    private static TensorBundleEntry Entry(string name, BundleRecord record, long bytes, int parts) =>
        new(name, BundleTypes.NameOf(record.Type), BundleTypes.TypeOf(record.Type), record.Shape, bytes, parts);

    private void CheckSize(string key, BundleRecord record)
    {
        long count = record.Count(What(key));
        if (BundleTypes.TypeOf(record.Type) is not ScalarType type || record.Size == count * SafetensorsDTypes.SizeOf(type)) return;
        throw Fault(key, $"{BundleTypes.NameOf(record.Type)} [{string.Join(", ", record.Shape)}] does not have {record.Size} bytes");
    }

    private void ReadHeader(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes, $"The header of '{_path}'");
        while (reader.NextField() is int field and not 0)
        {
            // The other form begins with a message of its own.
            if (field == 1 && reader.IsNested) throw BundlePath.OldForm(_path);
            if (field == 1) Shards = reader.Int32();
            else if (field == 2 && reader.Int64() != 0) throw new InvalidDataException($"'{_path}' was written by a big-endian machine, whose numbers are not read here.");
            else if (field == 3) CheckVersion(reader.Message());
            else if (field != 2) reader.Skip();
        }

        if (Shards < 1) throw new InvalidDataException($"'{_path}' is damaged: it speaks of {Shards} data files.");
    }

    private void CheckVersion(ProtoReader reader)
    {
        while (reader.NextField() is int field and not 0)
        {
            if (field != 2) reader.Skip();
            else if (reader.Int64() is var needed && needed > Version)
                throw new InvalidDataException($"'{_path}' asks for a reader of version {needed}; this one is of version {Version}.");
        }
    }

    // Keys are bytes, names text.
    private string Name(string key)
    {
        try
        {
            return Utf8.GetString(Encoding.Latin1.GetBytes(key));
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"'{_path}' is damaged: the name of a variable is no text.", error);
        }
    }

    private string What(string key) => $"'{Readable(key)}' in '{_path}'";

    private static string Readable(string key) => key.StartsWith(SliceKey.Mark) ? $"a part of {key.Trim(SliceKey.Mark).Split('\0')[0]}" : key;

    private InvalidDataException Fault(string key, string fault) => new($"{What(key)}: {fault}. The checkpoint is damaged or incomplete; get its files again.");
}
