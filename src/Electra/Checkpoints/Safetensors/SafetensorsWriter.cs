using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Writes safetensors files that Hugging Face's readers load.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    private static readonly Dictionary<string, string> DefaultMetadata = new() { ["format"] = "pt" };

    /// <summary>
    /// Writes tensors to a file, replacing an existing one in one step (temporary file, flush to disk, rename). Tensors are copied one at
    /// a time, so memory grows by at most one tensor when they live on another device or are not contiguous.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Names and tensors, dense, of any device and strides; they stay the caller's.</param>
    /// <param name="metadata">
    /// Free text for the header. <value>Default: <c>format = pt</c>, which Hugging Face's loader asks for.</value>
    /// </param>
    /// <exception cref="ArgumentException">A name is repeated or reserved, or a dtype has no safetensors name.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide element types first keeps every tensor aligned to its element size, as Hugging Face's writer does.
        (string Name, Tensor Tensor)[] ordered = tensors.Select(Checked).OrderByDescending(item => item.Tensor.element_size()).ToArray();
        if (ordered.CountBy(item => item.Name, StringComparer.Ordinal).FirstOrDefault(count => count.Value > 1) is { Key: { } repeated })
        {
            throw new ArgumentException($"Tensor '{repeated}' is given twice.", nameof(tensors));
        }

        byte[] header = Header(ordered, metadata ?? DefaultMetadata);
        FileSync.ReplaceFile(path, stream =>
        {
            stream.Write(header);
            foreach ((_, Tensor tensor) in ordered) Append(stream, tensor);
        });
    }

    private static (string Name, Tensor Tensor) Checked((string Name, Tensor Tensor) item)
    {
        if (item.Name == SafetensorsHeader.MetadataKey) throw new ArgumentException($"A tensor may not be named '{item.Name}'.");
        if (!SafetensorsDTypes.IsKnown(item.Tensor.dtype))
        {
            throw new ArgumentException(
                $"Tensor '{item.Name}' is {item.Tensor.dtype}; convert it to one of {SafetensorsDTypes.Names} before it is saved.");
        }

        return item;
    }

    /// <summary>The length field and the JSON header, padded with spaces so that the data begins at a multiple of 8 bytes.</summary>
    private static byte[] Header((string Name, Tensor Tensor)[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Advance(WriteZeroes(buffer.GetSpan(SafetensorsHeader.LengthBytes)));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors) WriteEntry(json, name, tensor, ref offset);
            json.WriteEndObject();
        }

        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        byte[] header = [.. buffer.WrittenSpan, .. Enumerable.Repeat((byte)' ', padding)];
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.LengthBytes);
        return header;
    }

    private static int WriteZeroes(Span<byte> span)
    {
        span[..SafetensorsHeader.LengthBytes].Clear();
        return SafetensorsHeader.LengthBytes;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return;
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach ((string key, string value) in metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, ref long offset)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsDTypes.NameOf(tensor.dtype));
        json.WriteStartArray("shape");
        foreach (long size in tensor.shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        offset += tensor.numel() * tensor.element_size();
        json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Append(FileStream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        TensorMemory.CopyTo(tensor.detach().cpu().contiguous(), stream);
    }
}
