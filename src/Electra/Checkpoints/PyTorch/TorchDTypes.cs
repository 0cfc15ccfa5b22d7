using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Python's names of element types, and of storages of that type.</summary>
internal static class TorchDTypes
{
    private static readonly (string Storage, string Type, ScalarType DType)[] Known =
    [
        ("FloatStorage", "float32", ScalarType.Float32), ("DoubleStorage", "float64", ScalarType.Float64),
        ("HalfStorage", "float16", ScalarType.Float16), ("BFloat16Storage", "bfloat16", ScalarType.BFloat16),
        ("LongStorage", "int64", ScalarType.Int64), ("IntStorage", "int32", ScalarType.Int32), ("ShortStorage", "int16", ScalarType.Int16),
        ("CharStorage", "int8", ScalarType.Int8), ("ByteStorage", "uint8", ScalarType.Byte), ("BoolStorage", "bool", ScalarType.Bool),
        ("UntypedStorage", "", ScalarType.Byte),
    ];

    /// <summary>The element type of a storage class; null when the class is none that is read.</summary>
    public static ScalarType? OfStorage(PickleGlobal global) =>
        global.Module is "torch" or "torch.cuda" or "torch.storage" ? Find(known => known.Storage == global.Name) : null;

    /// <summary>The element type that is named; null when it is none that is read.</summary>
    public static ScalarType? OfName(PickleGlobal global) =>
        global.Module == "torch" ? Find(known => known.Type == global.Name) : null;

    /// <summary>A storage class for a type, to be written.</summary>
    public static string StorageOf(ScalarType type) => Array.Find(Known, known => known.DType == type).Storage;

    private static ScalarType? Find(Predicate<(string Storage, string Type, ScalarType DType)> match) =>
        Array.FindIndex(Known, match) is var index and >= 0 ? Known[index].DType : null;
}
