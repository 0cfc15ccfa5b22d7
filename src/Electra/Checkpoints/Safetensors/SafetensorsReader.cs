using System.Buffers.Binary;
using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>
/// Reads tensors from a safetensors file: opening costs the header only, and a tensor's bytes are read straight into tensor memory. Element types: F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL.
/// </summary>
/// <remarks>An open file must not be changed in place. <see cref="SafetensorsWriter"/> replaces files, which is safe.</remarks>
public sealed class SafetensorsReader : ITensorFile
{
    private readonly FileBytes _file;
    private readonly string _path;

    private SafetensorsReader(string path, FileBytes file, SafetensorsHeader header)
    {
        (_path, _file) = (path, file);
        Entries = header.Entries;
        Metadata = header.Metadata;
    }

    /// <summary>What the file holds, by tensor name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The free text of the header, usually <c>format = pt</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its whole header, so that every entry is known to lie inside the file.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file breaks the format; the message names the file, the tensor and the fault.</exception>
    public static SafetensorsReader Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            SafetensorsHeader header = ReadHeader(stream, path);
            return new SafetensorsReader(path, new FileBytes(stream), header);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor as it is in the file.</summary>
    /// <param name="name">A key of <see cref="Entries"/>.</param>
    /// <param name="device">Where the tensor shall live.</param>
    /// <returns>A new tensor of the entry's dtype and shape, owned by the caller (or by the caller's dispose scope).</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidDataException">A BOOL tensor holds a byte that is neither 0 nor 1.</exception>
    public Tensor ReadTensor(string name, Device? device = null)
    {
        SafetensorsEntry entry = Find(name);
        Tensor tensor = empty(entry.Shape.ToArray(), entry.DType, CPU);
        try
        {
            CopyBytes(entry, tensor);
            if (device is null || device.type == TorchSharp.DeviceType.CPU) return tensor;
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
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidDataException">Shapes differ, or dtypes differ and are not both floating-point.</exception>
    public void CopyInto(string name, Tensor destination)
    {
        SafetensorsEntry entry = Find(name);
        TensorMemory.RequireFit(entry.DType, entry.Shape, destination, () => $"Tensor '{name}' of '{_path}' is {entry.Description}");
        if (entry.DType == destination.dtype && TensorMemory.IsReachable(destination))
        {
            CopyBytes(entry, destination);
            return;
        }

        using var noGradient = no_grad();
        using Tensor read = ReadTensor(name);
        destination.copy_(read);
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => _file.Dispose();

    IEnumerable<string> ITensorFile.Names => Entries.Keys;

    bool ITensorFile.Contains(string name) => Entries.ContainsKey(name);

    IReadOnlyList<long> ITensorFile.Shape(string name) => Find(name).Shape;

    string ITensorFile.Describe(string name) => Find(name).Description;

    private static SafetensorsHeader ReadHeader(FileStream stream, string path)
    {
        long length = stream.Length;
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.LengthBytes];
        if (length < prefix.Length)
            throw new InvalidDataException($"'{path}' is not a safetensors file, for it has only {length} bytes: {Recognize(stream) ?? "get it again"}.");
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)(length - prefix.Length) || headerLength > SafetensorsHeader.MaxBytes)
        {
            string fault = $"it announces a header of {headerLength} bytes, but the file has {length} bytes and a header at most {SafetensorsHeader.MaxBytes}";
            string? misplaced = Recognize(stream);
            bool isCutShort = misplaced is null && headerLength <= SafetensorsHeader.MaxBytes;
            throw new InvalidDataException(
                $"'{path}' is not a usable safetensors file: {misplaced ?? fault}{(isCutShort ? $". {SafetensorsHeader.CutShort}" : "")}.");
        }

        byte[] json = new byte[headerLength];
        stream.ReadExactly(json);
        return SafetensorsHeader.Parse(json, path, length);
    }

    private static string? Recognize(FileStream stream)
    {
        Span<byte> start = stackalloc byte[MisplacedFile.BytesNeeded];
        stream.Position = 0;
        return MisplacedFile.Recognize(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }

    private SafetensorsEntry Find(string name) =>
        Entries.TryGetValue(name, out SafetensorsEntry? entry)
            ? entry
            : throw new KeyNotFoundException($"'{_path}' has no tensor '{name}'.");

    private unsafe void CopyBytes(SafetensorsEntry entry, Tensor destination)
    {
        byte* memory = TensorMemory.Pointer(destination);
        if (entry.DType != ScalarType.Bool) _file.Copy(entry.Offset, memory, entry.ByteCount);
        else if (!_file.CopyBooleans(entry.Offset, memory, entry.ByteCount))
            throw new InvalidDataException($"Tensor '{entry.Name}' of '{_path}' is BOOL but holds bytes other than 0 and 1.");
    }
}
