using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Writes files that <c>torch.load</c> reads (also with <c>weights_only=True</c>): an ordered dictionary of names and tensors in PyTorch's zip form.</summary>
public static class PyTorchWriter
{
    private const string Root = "pytorch_model"; // the folder within the archive
    private const string FormatVersion = "3\n";

    /// <summary>Writes tensors to a file, replacing an existing one in one step (temporary file, flush to disk, rename).</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Names and tensors, dense, of any device and strides; they stay the caller's.</param>
    /// <exception cref="ArgumentException">A name is repeated, or a dtype is none of those that <see cref="PyTorchReader"/> reads.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        (string Name, Tensor Tensor)[] all = [.. tensors];
        if (all.CountBy(item => item.Name, StringComparer.Ordinal).FirstOrDefault(count => count.Value > 1) is { Key: { } repeated })
            throw new ArgumentException($"Tensor '{repeated}' is given twice.", nameof(tensors));
        if (Array.Find(all, item => !SafetensorsDTypes.IsKnown(item.Tensor.dtype)) is { Tensor: { } other } unknown)
            throw new ArgumentException($"Tensor '{unknown.Name}' is {other.dtype}; convert it before it is saved.", nameof(tensors));
        FileSync.ReplaceFile(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            Add(archive, "data.pkl", entry => entry.Write(Pickle(all)));
            Add(archive, "byteorder", entry => entry.Write("little"u8));
            for (int i = 0; i < all.Length; i++)
            {
                using var scope = NewDisposeScope();
                using var noGradient = no_grad();
                Tensor plain = all[i].Tensor.detach().cpu().contiguous();
                Add(archive, $"data/{i}", entry => TensorMemory.CopyTo(plain, entry));
            }

            Add(archive, "version", entry => entry.Write(Encoding.ASCII.GetBytes(FormatVersion)));
        });
    }

    private static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        using Stream entry = archive.CreateEntry($"{Root}/{name}", CompressionLevel.NoCompression).Open();
        write(entry);
    }

    /// <summary>The object of such a file: OrderedDict((name, _rebuild_tensor_v2(storage, 0, sizes, strides, False, OrderedDict())), ...), in protocol 2.</summary>
    /// <param name="tensors">Each with a storage of its own, whose key is its place.</param>
    /// <param name="isLegacy">As in the form before PyTorch 1.6, whose storages may be parts of others.</param>
    internal static byte[] Pickle((string Name, Tensor Tensor)[] tensors, bool isLegacy = false)
    {
        var pickle = new MemoryStream();
        void Put(params ReadOnlySpan<byte> bytes) => pickle.Write(bytes);
        void Global(string module, string name) => Put(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
        void Text(string text)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
            Put([(byte)'X', .. length, .. utf8]);
        }

        void Number(long number)
        {
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            if (number is >= 0 and <= int.MaxValue) Put([(byte)'J', .. bytes[..4]]);
            else Put([0x8a, 8, .. bytes]);
        }

        void Numbers(IEnumerable<long> numbers)
        {
            Put((byte)'(');
            foreach (long number in numbers) Number(number);
            Put((byte)'t');
        }

        void OrderedDictionary()
        {
            Global("collections", "OrderedDict");
            Put((byte)')', (byte)'R');
        }

        Put(0x80, 2);
        OrderedDictionary();
        Put((byte)'(');
        for (int i = 0; i < tensors.Length; i++)
        {
            Tensor tensor = tensors[i].Tensor;
            long[] shape = tensor.shape;
            Text(tensors[i].Name);
            Global("torch._utils", "_rebuild_tensor_v2");
            Put((byte)'(', (byte)'(');
            Text("storage");
            Global("torch", TorchDTypes.StorageOf(tensor.dtype));
            Text($"{i}");
            Text("cpu");
            Number(tensor.numel());
            if (isLegacy) Put((byte)'N');
            Put((byte)'t', (byte)'Q');
            Number(0);
            Numbers(shape);
            Numbers(shape.Select((_, dimension) => shape.Skip(dimension + 1).Aggregate(1L, (product, size) => product * size)));
            Put(0x89);
            OrderedDictionary();
            Put((byte)'t', (byte)'R');
        }

        Put((byte)'u', (byte)'.');
        return pickle.ToArray();
    }
}
