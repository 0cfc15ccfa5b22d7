using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>The element types of TensorFlow's files, by their numbers.</summary>
internal static class BundleTypes
{
    private static readonly Dictionary<int, (string Name, ScalarType Type)> Readable = new()
    {
        [1] = ("float32", ScalarType.Float32),
        [2] = ("float64", ScalarType.Float64),
        [3] = ("int32", ScalarType.Int32),
        [4] = ("uint8", ScalarType.Byte),
        [5] = ("int16", ScalarType.Int16),
        [6] = ("int8", ScalarType.Int8),
        [9] = ("int64", ScalarType.Int64),
        [10] = ("bool", ScalarType.Bool),
        [14] = ("bfloat16", ScalarType.BFloat16),
        [19] = ("float16", ScalarType.Float16),
    };

    // What libtorch has no tensors of, or no model here has a use for.
    private static readonly Dictionary<int, string> Others = new()
    {
        [7] = "string",
        [8] = "complex64",
        [17] = "uint16",
        [18] = "complex128",
        [20] = "resource",
        [21] = "variant",
        [22] = "uint32",
        [23] = "uint64",
    };

    /// <summary>TensorFlow's name of a type.</summary>
    public static string NameOf(int number) =>
        Readable.TryGetValue(number, out var known) ? known.Name : Others.GetValueOrDefault(number, $"type {number}");

    /// <summary>The element type of tensors; null where there is none.</summary>
    public static ScalarType? TypeOf(int number) => Readable.TryGetValue(number, out var known) ? known.Type : null;
}
