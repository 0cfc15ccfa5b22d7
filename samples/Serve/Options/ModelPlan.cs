using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Options;

/// <summary>A model to serve.</summary>
/// <param name="Name">By which requests choose it.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Kind">What it does.</param>
/// <param name="IsOnnx">Whether it runs on ONNX Runtime; else on libtorch.</param>
internal sealed record ModelPlan(string Name, string Folder, ModelKind Kind, bool IsOnnx)
{
    /// <summary>What is known before it is loaded.</summary>
    public ModelDescription Describe() => new(Name, Kind.ToString().ToLowerInvariant(), IsOnnx ? "onnx" : "libtorch");
}
