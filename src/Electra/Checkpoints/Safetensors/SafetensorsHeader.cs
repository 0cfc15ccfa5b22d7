using System.Text.Json;
using System.Text.Unicode;

namespace Electra.Checkpoints;

/// <summary>The header of a safetensors file, parsed and checked against the length of the file.</summary>
/// <remarks>Layout: 8 bytes little-endian header length, the header as a JSON object, the tensors' bytes without a gap.</remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>The bytes of the length field before the header.</summary>
    public const int LengthBytes = 8;

    /// <summary>The longest header that readers of this format accept.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>The key that holds free text instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>What to think and do of a file that is shorter than it says.</summary>
    public const string CutShort = "The file was cut short: download or copy it again";

    // A tensor's shape array is at depth 3; a little more lets unknown fields pass, far less than what could exhaust a stack.
    private const int MaxDepth = 8;

    private const int MaxFault = 400;

    private readonly string _path;
    private readonly long _dataStart;
    private readonly long _dataLength;

    private SafetensorsHeader(string path, long dataStart, long dataLength) =>
        (_path, _dataStart, _dataLength) = (path, dataStart, dataLength);

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Parses <paramref name="json"/>, the header of a file of <paramref name="fileLength"/> bytes.</summary>
    /// <exception cref="InvalidDataException">The header breaks the format; the message names file, tensor and fault.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string path, long fileLength)
    {
        long dataStart = LengthBytes + (long)json.Length;
        var header = new SafetensorsHeader(path, dataStart, fileLength - dataStart);
        if (!Utf8.IsValid(json)) throw header.Bad("the header is not UTF-8");
        try
        {
            header.ReadRoot(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half of a surrogate pair.
            throw header.Bad($"the header is not valid JSON ({error.Message.TrimEnd('.')})");
        }

        header.CheckLayout();
        return header;
    }

    private void ReadRoot(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Bad("the header is not a JSON object");
        bool metadataSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                if (metadataSeen) throw Bad($"the header holds '{MetadataKey}' twice");
                metadataSeen = true;
                ReadMetadata(ref reader);
            }
            else if (!Entries.TryAdd(name, ReadEntry(ref reader, name)))
            {
                throw Bad($"the header holds tensor '{name}' twice");
            }
        }

        // The reader refuses anything but white space after the root object.
        while (reader.Read()) { }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad($"'{MetadataKey}' is not an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Bad($"'{MetadataKey}' entry '{key}' is not a string");
            if (!Metadata.TryAdd(key, reader.GetString()!)) throw Bad($"'{MetadataKey}' holds '{key}' twice");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad($"tensor '{name}' is not described by an object");
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "dtype" when dtype is null && reader.TokenType == JsonTokenType.String: dtype = reader.GetString(); break;
                case "shape" when shape is null: shape = ReadIntegers(ref reader, name, field); break;
                case "data_offsets" when offsets is null: offsets = ReadIntegers(ref reader, name, field); break;
                case "dtype" or "shape" or "data_offsets": throw Bad($"tensor '{name}' has a repeated or malformed '{field}'");
                default: reader.Skip(); break;
            }
        }

        if (dtype is null || shape is null || offsets is not [long begin, long end])
        {
            throw Bad($"tensor '{name}' needs 'dtype', 'shape' and two 'data_offsets'");
        }

        return Check(name, dtype, shape, begin, end);
    }

    private List<long> ReadIntegers(ref Utf8JsonReader reader, string name, string field)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad($"'{field}' of tensor '{name}' is not an array");
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Bad($"'{field}' of tensor '{name}' holds something else than whole numbers from 0 to 2^63 - 1");
            }

            values.Add(value);
        }

        return values;
    }

    private SafetensorsEntry Check(string name, string dtype, List<long> shape, long begin, long end)
    {
        if (!SafetensorsDTypes.TryParse(dtype, out var type))
        {
            throw Bad($"tensor '{name}' has dtype '{dtype}'; this reader knows {SafetensorsDTypes.Names}");
        }

        // A zero does not hide an overflow of the other dimensions: libtorch multiplies them for the strides.
        Int128 count = SafetensorsDTypes.SizeOf(type);
        foreach (long size in shape)
        {
            count *= Math.Max(size, 1);
            if (count > long.MaxValue) throw Bad($"tensor '{name}' of shape [{string.Join(", ", shape)}] is larger than any memory");
        }

        long bytes = shape.Contains(0) ? 0 : (long)count;
        if (begin > end) throw Bad($"tensor '{name}' begins at byte {begin}, after its end {end}");
        if (end > _dataLength)
        {
            throw Bad($"tensor '{name}' ends at byte {end}, beyond the {_dataLength} bytes of data. {CutShort}");
        }

        if (end - begin != bytes)
        {
            throw Bad($"tensor '{name}', {dtype} [{string.Join(", ", shape)}], needs {bytes} bytes but has {end - begin}");
        }

        return new SafetensorsEntry(name, type, shape.AsReadOnly(), _dataStart + begin, bytes);
    }

    private void CheckLayout()
    {
        long expected = _dataStart;
        SafetensorsEntry? before = null;
        foreach (SafetensorsEntry entry in Entries.Values.OrderBy(entry => entry.Offset).ThenBy(entry => entry.ByteCount))
        {
            if (entry.Offset < expected) throw Bad($"the bytes of tensors '{before!.Name}' and '{entry.Name}' overlap");
            if (entry.Offset > expected) throw Bad($"{entry.Offset - expected} bytes before tensor '{entry.Name}' belong to no tensor");
            expected += entry.ByteCount;
            before = entry;
        }

        long left = _dataStart + _dataLength - expected;
        if (left > 0) throw Bad($"{left} bytes after the last tensor belong to no tensor");
    }

    // A hostile name or shape can be as long as the header; nobody reads more than its beginning.
    private InvalidDataException Bad(string fault) =>
        new($"'{_path}' is not a usable safetensors file: {(fault.Length <= MaxFault ? fault : fault[..MaxFault] + "...")}.");
}
