using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Some neighbouring sequences of a batch.</summary>
/// <param name="Start">The first.</param>
/// <param name="Count">How many.</param>
/// <param name="Batch">Sequences of the batch.</param>
internal readonly record struct SequenceRange(long Start, long Count, long Batch)
{
    /// <summary>Their part of a buffer, as a view that no dispose scope frees.</summary>
    /// <param name="buffer">Whose <paramref name="dimension"/> is the batch times something.</param>
    /// <param name="dimension">The one to cut.</param>
    public Tensor Of(Tensor buffer, int dimension = 0)
    {
        long each = buffer.size(dimension) / Batch;
        return buffer.narrow(dimension, Start * each, Count * each).DetachFromDisposeScope();
    }
}
