using TorchSharp;

namespace Electra.Checkpoints;

/// <summary>Where one tensor of a safetensors file lies and what it is.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="DType">The element type in the file.</param>
/// <param name="Shape">The sizes of the dimensions; empty for a scalar.</param>
/// <param name="Offset">The first byte, counted from the start of the file.</param>
/// <param name="ByteCount">The number of bytes; the product of the shape times the element size.</param>
public sealed record SafetensorsEntry(string Name, torch.ScalarType DType, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>Dtype and shape as messages show them, for example <c>F32 [128, 64]</c>.</summary>
    public string Description => $"{SafetensorsDTypes.NameOf(DType)} [{string.Join(", ", Shape)}]";
}
