using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>A file of named tensors, whatever its format.</summary>
internal interface ITensorFile : IDisposable
{
    /// <summary>The names, in the file's order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>True when the file holds a tensor of that name.</summary>
    bool Contains(string name);

    /// <summary>The sizes of a tensor's dimensions.</summary>
    IReadOnlyList<long> Shape(string name);

    /// <summary>Element type and shape as messages show them, for example <c>F32 [128, 64]</c>.</summary>
    string Describe(string name);

    /// <summary>Overwrites a tensor of the same shape, whatever its device and strides; floating-point types are converted.</summary>
    /// <exception cref="InvalidDataException">Shapes differ, or dtypes differ and are not both floating-point.</exception>
    void CopyInto(string name, Tensor destination);
}
