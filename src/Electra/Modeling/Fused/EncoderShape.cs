using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What the buffers of a fused encoder are made for.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Tokens">Tokens a sequence.</param>
/// <param name="Hidden">Width.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Intermediate">Width of the feed-forward part.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Dtype">float32 or bfloat16.</param>
/// <param name="Keeping">What the backward pass finds.</param>
/// <param name="IsPrepared">Whether weights are <see cref="PreparedWeights"/>; not where there is a backward pass.</param>
internal readonly record struct EncoderShape(
    long Batch, long Tokens, long Hidden, int Heads, long Intermediate, int Layers, ScalarType Dtype, ActivationKeeping Keeping,
    bool IsPrepared = false)
{
    /// <summary>Tokens in all.</summary>
    public long Rows => Batch * Tokens;

    /// <summary>Columns of the first product of the feed-forward part.</summary>
    public long IntermediateColumns => IsPrepared ? WeightMatrix.Columns(Dtype, Hidden, Intermediate) : Intermediate;

    /// <summary>The width of one head.</summary>
    public int HeadSize => (int)(Hidden / Heads);
}
