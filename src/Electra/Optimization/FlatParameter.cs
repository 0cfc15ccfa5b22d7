using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>Where one parameter lies in a <see cref="FlatParameters"/> buffer.</summary>
/// <param name="Name">The state-dict name under which it was first given.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Offset">Its first element in the buffer.</param>
/// <param name="Length">Its number of elements.</param>
internal sealed record FlatParameter(string Name, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>This parameter's part of a flat tensor laid out like the buffer, as a view of its own shape.</summary>
    public Tensor View(Tensor flat)
    {
        using Tensor part = flat.narrow(0, Offset, Length);
        return part.view([.. Shape]);
    }
}
