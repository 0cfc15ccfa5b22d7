using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>
/// Reads the weights of a file that <c>torch.save</c> wrote (<c>pytorch_model.bin</c>, <c>.pt</c>, <c>.pth</c>): the zip form and the one
/// before PyTorch 1.6. Such a file is a Python pickle, a program; here it is only read, by a list of what tensors and dictionaries need,
/// and any other name in it is refused. Nothing is ever executed, and no tensor is larger than the file.
/// </summary>
/// <remarks>
/// A dictionary of names and tensors is expected, by itself or under <c>state_dict</c>, <c>model_state_dict</c> or <c>model</c>. Element types:
/// float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool. Views of any strides are written out. The checksums of
/// the zip form are not checked: PyTorch itself may leave them out. An open file must not be changed in place.
/// </remarks>
public sealed class PyTorchReader : ITensorFile
{
    private readonly string _path;
    private readonly FileBytes _file;
    private readonly Dictionary<string, TorchTensor> _tensors;

    private PyTorchReader(string path, FileBytes file, Dictionary<string, TorchTensor> tensors) =>
        (_path, _file, _tensors) = (path, file, tensors);

    /// <summary>The names of the tensors, in the file's order.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens a file and reads its description; every tensor is then known to lie inside it.</summary>
    /// <param name="path">A file of <c>torch.save</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is none, it is damaged, or asks for what is not done here; the message says which.</exception>
    public static PyTorchReader Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            byte[] start = new byte[MisplacedFile.BytesNeeded];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            bool isZip = start.AsSpan().StartsWith("PK"u8);
            if (!isZip && (start.Length < 2 || start[0] != 0x80))
                throw new InvalidDataException($"'{path}' is not a usable PyTorch file: {MisplacedFile.Recognize(start) ?? "it begins neither as a zip archive nor as a pickle"}.");
            Dictionary<string, TorchTensor> tensors = isZip ? TorchZipFile.Read(stream, path) : TorchLegacyFile.Read(stream, path);
            return new PyTorchReader(path, new FileBytes(stream), tensors);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The element type of a tensor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public ScalarType DType(string name) => Find(name).DType;

    /// <summary>The sizes of a tensor's dimensions; empty for a scalar.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public IReadOnlyList<long> Shape(string name) => Find(name).Shape;

    /// <summary>Reads one tensor, its elements one after the other whatever they are in the file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="device">Where the tensor shall live; null for the CPU.</param>
    /// <returns>A new tensor of the file's dtype and shape, owned by the caller (or by the caller's dispose scope).</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidDataException">A bool tensor holds a byte that is neither 0 nor 1.</exception>
    public Tensor ReadTensor(string name, Device? device = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Read(name).to(device ?? CPU).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Overwrites <paramref name="destination"/> in place, whatever its device, strides and gradient setting. Floating-point types are
    /// converted into each other; other types must be the same.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="destination">A tensor of the same shape.</param>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidDataException">Shapes differ, or dtypes differ and are not both floating-point.</exception>
    public void CopyInto(string name, Tensor destination)
    {
        TorchTensor tensor = Find(name);
        TensorMemory.RequireFit(tensor.DType, tensor.Shape, destination, () => $"Tensor '{name}' of '{_path}' is {tensor.Description}");
        if (tensor.DType == destination.dtype && tensor.IsContiguous && TensorMemory.IsReachable(destination))
        {
            Fill(tensor, name, destination);
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        destination.copy_(Read(name));
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => _file.Dispose();

    IEnumerable<string> ITensorFile.Names => Names;

    bool ITensorFile.Contains(string name) => _tensors.ContainsKey(name);

    string ITensorFile.Describe(string name) => Find(name).Description;

    private TorchTensor Find(string name) =>
        _tensors.TryGetValue(name, out TorchTensor? tensor) ? tensor : throw new KeyNotFoundException($"'{_path}' has no tensor '{name}'.");

    private Tensor Read(string name)
    {
        TorchTensor tensor = Find(name);
        Tensor elements = empty([tensor.Span], tensor.DType, CPU);
        Fill(tensor, name, elements);
        return tensor.IsContiguous ? elements.view(tensor.Shape) : elements.as_strided(tensor.Shape, tensor.Strides).contiguous();
    }

    private unsafe void Fill(TorchTensor tensor, string name, Tensor elements)
    {
        int size = SafetensorsDTypes.SizeOf(tensor.DType);
        long position = tensor.Storage.Position + (tensor.Offset * size);
        byte* memory = TensorMemory.Pointer(elements);
        if (tensor.DType != ScalarType.Bool) _file.Copy(position, memory, tensor.Span * size);
        else if (!_file.CopyBooleans(position, memory, tensor.Span * size))
            throw new InvalidDataException($"Tensor '{name}' of '{_path}' is bool but holds bytes other than 0 and 1.");
    }
}
