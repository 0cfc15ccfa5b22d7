using Electra.Checkpoints;
using static TorchSharp.torch;

namespace Electra.Samples.Convert.Reporting;

/// <summary>Types of numbers, as files name them and as people do.</summary>
internal static class StoredTypes
{
    private static readonly (string File, string Name, ScalarType Type)[] Known =
        [("F32", "float32", ScalarType.Float32), ("F16", "float16", ScalarType.Float16), ("BF16", "bfloat16", ScalarType.BFloat16), ("F64", "float64", ScalarType.Float64)];

    /// <summary>The type that all floating-point tensors of a folder have; float32 where they differ, or have one that is not written.</summary>
    public static ScalarType Of(PretrainedLoadReport? report)
    {
        ScalarType[] types = [.. Names(report).Select(name => Known.FirstOrDefault(known => known.File == name)).Where(known => known.File is not null).Select(known => known.Type)];
        return types is [ScalarType.Float16 or ScalarType.BFloat16] ? types[0] : ScalarType.Float32;
    }

    /// <summary>How people call it.</summary>
    public static string NameOf(ScalarType type) => Known.First(known => known.Type == type).Name;

    /// <summary>The types that tensors of a folder have, for people.</summary>
    public static string Described(PretrainedLoadReport report) =>
        string.Join(", ", Names(report).Select(name => Known.FirstOrDefault(known => known.File == name).Name ?? name));

    private static IEnumerable<string> Names(PretrainedLoadReport? report) => (report?.Tensors.Values ?? []).Select(text => text.Split(' ')[0]).Distinct();
}
