using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>A run of elements in a file, which one or several tensors look at.</summary>
/// <param name="key">Its name in the file.</param>
/// <param name="dtype">The type of its elements.</param>
/// <param name="count">Elements.</param>
internal sealed class TorchStorage(string key, ScalarType dtype, long count)
{
    public string Key => key;

    public ScalarType DType => dtype;

    public long Count => count;

    public long ByteCount => count * SafetensorsDTypes.SizeOf(dtype);

    /// <summary>Where in the file its first byte is; negative until that is known.</summary>
    public long Position { get; set; } = -1;
}
