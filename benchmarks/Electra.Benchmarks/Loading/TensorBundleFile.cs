using System.Text;
using Electra.Checkpoints;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Loading;

/// <summary>Writes float32 checkpoints of TensorFlow's second form: one data file, and an index of one entry a block.</summary>
internal sealed class TensorBundleFile : IDisposable
{
    private const ulong Magic = 0xdb4775248b80fb57;

    private readonly string _prefix;
    private readonly FileStream _data;
    private readonly SortedDictionary<string, byte[]> _entries = new(StringComparer.Ordinal) { [""] = [.. Field(1, 1), .. Field(3, Field(1, 1))] };

    /// <summary>Begins one.</summary>
    /// <param name="prefix">What the names of its files begin with.</param>
    public TensorBundleFile(string prefix) => (_prefix, _data) = (prefix, File.Create(prefix + ".data-00000-of-00001"));

    /// <summary>Writes a discriminator's variables under the names of Google's code.</summary>
    public static void Write(string prefix, Modeling.ElectraForPreTraining model)
    {
        using var file = new TensorBundleFile(prefix);
        Dictionary<string, Tensor> parameters = model.named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter);
        foreach (GoogleVariable variable in GoogleVariable.Encoder("electra", "electra", model.Config).Concat(GoogleVariable.DetectionHead(model.Config)))
        {
            using var scope = NewDisposeScope();
            Tensor parameter = parameters[variable.Parameter].detach();
            file.Add(variable.Name, variable.IsKernel ? parameter.t().contiguous() : parameter);
        }

        file.WriteIndex();
    }

    public void Dispose() => _data.Dispose();

    private unsafe void Add(string name, Tensor tensor)
    {
        long offset = _data.Position, size = tensor.numel() * sizeof(float);
        TensorMemory.CopyTo(tensor, _data);
        uint checksum = Crc32C.MaskedOf(new ReadOnlySpan<byte>(TensorMemory.Pointer(tensor), checked((int)size)));
        byte[] shape = [.. tensor.shape.SelectMany(dimension => Field(2, Field(1, dimension)))];
        _entries[name] = [.. Field(1, 1), .. Field(2, shape), .. Field(4, offset), .. Field(5, size), (6 << 3) | 5, .. BitConverter.GetBytes(checksum)];
    }

    private void WriteIndex()
    {
        using FileStream file = File.Create(_prefix + ".index");
        (string, byte[])[] handles = [.. _entries.Select(entry => (entry.Key, Append(file, (entry.Key, entry.Value))))];
        byte[] meta = Append(file), index = Append(file, handles), places = new byte[40];
        ((byte[])[.. meta, .. index]).CopyTo(places, 0);
        file.Write([.. places, .. BitConverter.GetBytes(Magic)]);
    }

    // A block, its kind (not compressed) and checksum. What it gives is where it is.
    private static byte[] Append(FileStream file, params (string Key, byte[] Value)[] entries)
    {
        List<byte> block = [];
        List<int> restarts = [];
        foreach ((string key, byte[] value) in entries)
        {
            restarts.Add(block.Count);
            block.AddRange([.. Varint(0), .. Varint(key.Length), .. Varint(value.Length), .. Encoding.ASCII.GetBytes(key), .. value]);
        }

        if (restarts.Count == 0) restarts.Add(0);
        block.AddRange([.. restarts.SelectMany(BitConverter.GetBytes), .. BitConverter.GetBytes(restarts.Count)]);
        byte[] place = [.. Varint(file.Position), .. Varint(block.Count)], whole = [.. block, 0];
        file.Write([.. whole, .. BitConverter.GetBytes(Crc32C.MaskedOf(whole))]);
        return place;
    }

    private static byte[] Field(int number, long value) => [.. Varint(number << 3), .. Varint(value)];

    private static byte[] Field(int number, byte[] message) => [.. Varint((number << 3) | 2), .. Varint(message.Length), .. message];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
