using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>
/// Reads the variables of a TensorFlow checkpoint (<c>NAME.index</c> and <c>NAME.data-0000i-of-0000N</c>), partitioned ones as one. Opening reads the index
/// only; a variable's bytes go straight into tensor memory and are checked against their checksum.
/// </summary>
/// <remarks>
/// Element types: float32, float64, float16, bfloat16, int8, int16, int32, int64, uint8, bool. Others, strings among them, are listed and can't be read.
/// Damaged and hostile files end in an error; nothing is allocated that the length of the files does not account for.
/// </remarks>
public sealed class TensorBundleReader : IDisposable
{
    // A hundred times that of a large network with all its moments.
    private const long LongestIndex = 1L << 23;
    private const int ChunkBytes = 1 << 26;

    private readonly Dictionary<string, BundleVariable> _variables;
    private readonly SafeFileHandle[] _shards;
    private bool _disposed;

    private TensorBundleReader(string prefix, Dictionary<string, BundleVariable> variables, SafeFileHandle[] shards)
    {
        (Prefix, _variables, _shards) = (prefix, variables, shards);
        Entries = variables.ToDictionary(pair => pair.Key, pair => pair.Value.Entry, StringComparer.Ordinal);
    }

    /// <summary>The path that all files of the checkpoint begin with.</summary>
    public string Prefix { get; }

    /// <summary>What the checkpoint holds, by the names of variables.</summary>
    public IReadOnlyDictionary<string, TensorBundleEntry> Entries { get; }

    /// <summary>Opens a checkpoint, and checks that all it speaks of lies within its data files.</summary>
    /// <param name="path">
    /// The prefix (<c>folder/model.ckpt-1000</c>), one of the files, or a folder with a file <c>checkpoint</c> or only one checkpoint.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no checkpoint, or a data file is missing.</exception>
    /// <exception cref="InvalidDataException">The index is damaged, compressed or of another form; the message names the file and the fault.</exception>
    public static TensorBundleReader Open(string path)
    {
        string prefix = BundlePath.Prefix(path), index = prefix + ".index";
        long length = new FileInfo(index).Length;
        if (length > LongestIndex) throw new InvalidDataException($"'{index}' has {length} bytes; no index of a checkpoint is that long.");
        BundleIndex parsed = BundleIndex.Parse(File.ReadAllBytes(index), index);
        var shards = new List<SafeFileHandle>();
        try
        {
            for (int shard = 0; shard < parsed.Shards; shard++)
            {
                string file = BundlePath.Data(prefix, shard, parsed.Shards);
                if (!File.Exists(file)) throw new FileNotFoundException($"'{index}' speaks of {parsed.Shards} data file(s), but '{file}' is missing; get it too.", file);
                shards.Add(File.OpenHandle(file));
            }

            parsed.RequireWithin([.. shards.Select(RandomAccess.GetLength)]);
            return new TensorBundleReader(prefix, parsed.Variables(), [.. shards]);
        }
        catch
        {
            foreach (SafeFileHandle shard in shards) shard.Dispose();
            throw;
        }
    }

    /// <summary>Reads one variable as it is in the file.</summary>
    /// <param name="name">A key of <see cref="Entries"/>.</param>
    /// <param name="device">Where the tensor shall live; null for the CPU.</param>
    /// <returns>A new tensor of the entry's dtype and shape, owned by the caller (or by the caller's dispose scope).</returns>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such variable.</exception>
    /// <exception cref="InvalidDataException">It is of a type that can't be read, or its bytes do not match their checksum.</exception>
    public Tensor ReadTensor(string name, Device? device = null)
    {
        BundleVariable variable = Find(name);
        Tensor tensor = empty([.. variable.Entry.Shape], variable.Entry.DType!.Value, CPU);
        try
        {
            foreach (BundlePart part in variable.Parts) Read(variable, part, tensor);
            if (device is null || device.type == DeviceType.CPU) return tensor;
            Tensor moved = tensor.to(device);
            tensor.Dispose();
            return moved;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Overwrites <paramref name="destination"/> in place, whatever its device, strides and gradient setting. Floating-point types are
    /// converted into each other; other types must be the same.
    /// </summary>
    /// <param name="name">A key of <see cref="Entries"/>.</param>
    /// <param name="destination">A tensor of the entry's shape.</param>
    /// <param name="transposed">Whether a matrix is copied the other way round, as a <c>kernel</c> [in, out] into a weight [out, in].</param>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such variable.</exception>
    /// <exception cref="InvalidDataException">
    /// Shapes differ, dtypes differ and are not both floating-point, or the bytes do not match their checksum; then it may be overwritten in part.
    /// </exception>
    public void CopyInto(string name, Tensor destination, bool transposed = false)
    {
        TensorBundleEntry entry = Find(name).Entry;
        if (transposed && entry.Shape.Count != 2) throw new InvalidDataException($"'{name}' of '{Prefix}' is {entry.Description}, which is no matrix.");
        TensorMemory.RequireFit(
            entry.DType!.Value, transposed ? entry.Shape.Reverse() : entry.Shape, destination,
            () => $"'{name}' of '{Prefix}' is {entry.Description}{(transposed ? ", transposed" : "")}");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (!transposed && entry.DType == destination.dtype && TensorMemory.IsReachable(destination))
        {
            foreach (BundlePart part in _variables[name].Parts) Read(_variables[name], part, destination);
            return;
        }

        Tensor read = ReadTensor(name);
        destination.copy_(transposed ? read.t() : read);
    }

    /// <summary>Closes the data files. Tensors that were read stay valid.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (SafeFileHandle shard in _shards) shard.Dispose();
    }

    private BundleVariable Find(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_variables.TryGetValue(name, out BundleVariable? variable)) throw new KeyNotFoundException($"'{Prefix}' has no variable '{name}'.");
        if (variable.Entry.DType is null)
            throw new InvalidDataException($"'{name}' of '{Prefix}' is {variable.Entry.Description}; variables of this type can't be read as tensors.");
        return variable;
    }

    private void Read(BundleVariable variable, BundlePart part, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        Tensor place = variable.Axis < 0 ? tensor : tensor.narrow(variable.Axis, part.Start, part.Length);
        Tensor target = place.is_contiguous() ? place : empty(place.shape, place.dtype, CPU);
        Fill(variable.Entry, part, target);
        if (!ReferenceEquals(target, place)) place.copy_(target);
    }

    private unsafe void Fill(TensorBundleEntry entry, BundlePart part, Tensor target)
    {
        if (part.Size != target.numel() * target.element_size()) throw new InvalidDataException($"{Named()} has {part.Size} bytes, which its shape does not.");
        byte* start = TensorMemory.Pointer(target);
        uint checksum = Crc32C.Start;
        for (long done = 0; done < part.Size;)
        {
            var chunk = new Span<byte>(start + done, (int)Math.Min(ChunkBytes, part.Size - done));
            int count = RandomAccess.Read(_shards[part.Shard], chunk, part.Offset + done);
            if (count == 0) throw new InvalidDataException($"{Named()} ends early: the file was cut short after it was opened.");
            checksum = Crc32C.Append(checksum, chunk[..count]);
            done += count;
        }

        if (Crc32C.Masked(checksum) != part.Checksum) throw new InvalidDataException($"{Named()} is damaged: its checksum does not match; get the file again.");
        if (entry.DType == ScalarType.Bool && !TensorMemory.AreBooleans(start, part.Size))
            throw new InvalidDataException($"{Named()} is bool but holds bytes other than 0 and 1.");
        GC.KeepAlive(target);

        string Named() => $"'{entry.Name}' in '{BundlePath.Data(Prefix, part.Shard, _shards.Length)}'";
    }
}
