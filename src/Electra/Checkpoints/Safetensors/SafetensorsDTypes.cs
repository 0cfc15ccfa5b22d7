using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>The element types that a safetensors file and libtorch both know.</summary>
internal static class SafetensorsDTypes
{
    private static readonly (string Name, ScalarType Type, int Size)[] Known =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", Known.Select(known => known.Name));

    public static bool TryParse([NotNullWhen(true)] string? name, out ScalarType type)
    {
        int index = Array.FindIndex(Known, known => known.Name == name);
        type = index < 0 ? default : Known[index].Type;
        return index >= 0;
    }

    public static bool IsKnown(ScalarType type) => Array.Exists(Known, known => known.Type == type);

    public static string NameOf(ScalarType type) => Array.Find(Known, known => known.Type == type).Name;

    /// <summary>Bytes an element.</summary>
    public static int SizeOf(ScalarType type) => Array.Find(Known, known => known.Type == type).Size;
}
