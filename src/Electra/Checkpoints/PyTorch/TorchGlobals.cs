using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>The list of names that a file of weights may call: tensors, their storages, ordered dictionaries, sizes. Nothing is executed.</summary>
/// <param name="path">For messages.</param>
/// <param name="fileLength">No tensor may be larger than the file.</param>
/// <param name="locate">Finds a storage in the file, and says when it is not there.</param>
internal sealed class TorchGlobals(string path, long fileLength, Action<TorchStorage> locate) : ITorchGlobals
{
    private const int MostDimensions = 64; // as many as libtorch's operations take

    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);

    /// <summary>The storages that the pickle named, by their key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    public object? Call(PickleGlobal global, object?[] arguments) => (global.Module, global.Name, arguments) switch
    {
        ("collections", "OrderedDict", []) => new PickleDictionary([]),
        ("torch", "Size", [PickleTuple sizes]) => sizes,
        ("torch", "device", _) => null,
        ("torch._utils", "_rebuild_tensor", [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides]) =>
            Tensor(storage, storage.DType, offset, shape, strides),
        ("torch._utils", "_rebuild_tensor_v2", [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, bool, ..]) =>
            Tensor(storage, storage.DType, offset, shape, strides),
        ("torch._utils", "_rebuild_tensor_v3", [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, bool, _, PickleGlobal type, ..]) =>
            Tensor(storage, TorchDTypes.OfName(type) ?? throw Refused(type), offset, shape, strides),
        ("torch._utils", "_rebuild_parameter", [TorchTensor tensor, bool, ..]) => tensor,
        ("collections", "OrderedDict", _) or ("torch", "Size", _) or
            ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2" or "_rebuild_tensor_v3" or "_rebuild_parameter", _) =>
            throw Bad($"{global} is called with arguments that do not fit"),
        _ => throw Refused(global),
    };

    public object Storage(object? id)
    {
        // ("storage", class, key, device, elements) and, in the old form, a part of another storage or None.
        if (id is not PickleTuple { Items: ["storage", PickleGlobal type, string key, string, long count, .. var rest] })
            throw Bad("a reference into the file is no storage");
        ScalarType dtype = TorchDTypes.OfStorage(type) ?? throw Refused(type);
        if (count < 0 || count > fileLength / SafetensorsDTypes.SizeOf(dtype))
            throw Bad($"storage '{key}' is said to have {count} elements, more than the file of {fileLength} bytes can hold");
        return rest is [] or [null]
            ? Known(key, dtype, count)
            : throw Bad($"storage '{key}' is a part of another one, as PyTorch wrote before 0.4; save the file again with a newer PyTorch");
    }

    public InvalidDataException Refused(PickleGlobal global) => Bad(
        global.Name.StartsWith('Q') || global.Name.Contains("qtensor", StringComparison.Ordinal)
            ? $"it holds quantised weights ({Shortened(global)}), which are not read here; save the model in float32"
            : $"it uses the Python name {Shortened(global)}, which is no tensor or plain value; nothing of a file is executed here. Where the file is a "
                + "training checkpoint, save the state_dict alone");

    private TorchStorage Known(string key, ScalarType dtype, long count)
    {
        if (!_storages.TryGetValue(key, out TorchStorage? storage))
        {
            _storages.Add(key, storage = new TorchStorage(key, dtype, count));
            locate(storage);
        }

        if (storage.DType != dtype || storage.Count != count) throw Bad($"storage '{key}' is described in two ways");
        return storage;
    }

    private TorchTensor Tensor(TorchStorage storage, ScalarType dtype, long offset, PickleTuple shape, PickleTuple strides)
    {
        try
        {
            return TorchTensor.Of(storage, dtype, offset, Numbers(shape), Numbers(strides), fileLength);
        }
        catch (InvalidDataException error)
        {
            throw Bad(error.Message);
        }
    }

    // A tuple may stand for any number of shapes, so that a long one costs far more than the file that it is in.
    private long[] Numbers(PickleTuple tuple) => tuple.Items.Length > MostDimensions
        ? throw Bad($"a tensor has {tuple.Items.Length:N0} dimensions")
        : [.. tuple.Items.Select(item => item is long number ? number : throw Bad("a size or stride is no whole number"))];

    private static string Shortened(PickleGlobal global) => global.ToString() is { Length: > 120 } name ? name[..120] + "..." : global.ToString();

    private InvalidDataException Bad(string fault) => new($"'{path}' is not a usable PyTorch file: {fault}.");
}
