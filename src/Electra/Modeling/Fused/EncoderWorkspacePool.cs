using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Keeps the buffers of passes for passes to come: workspaces for training, those for evaluating, and room for weights. Passes that overlap
/// (several threads, several graphs before one backward pass) get some each. Batches of several shapes find theirs again as long as those
/// beside the one used last are no more than <see cref="IdleBytes"/> a kind.
/// </summary>
internal sealed class EncoderWorkspacePool : IDisposable
{
    /// <summary>
    /// Enough for sentences of every length through a base model, and for small batches that are trained on; little beside what training on
    /// large ones takes, whose workspaces are kept one at a time.
    /// </summary>
    public const long IdleBytes = 256L << 20;

    private readonly IdleBuffers<EncoderShape, EncoderWorkspace> _training = new(IdleBytes), _evaluating = new(IdleBytes);
    private readonly IdleBuffers<ScalarType, EncoderWeights> _weights = new(IdleBytes);

    /// <summary>A workspace for a shape; give it back, or leave it to the garbage collector with the graph that used it.</summary>
    public EncoderWorkspace Rent(EncoderShape shape) => Idle(shape).Take(shape) ?? new EncoderWorkspace(shape);

    /// <summary>Room for the weights of a pass; as with <see cref="Rent"/>.</summary>
    public EncoderWeights RentWeights(EncoderShape shape) => _weights.Take(shape.Dtype) ?? new EncoderWeights(shape);

    /// <summary>Takes a workspace back.</summary>
    public void Return(EncoderWorkspace workspace) => Idle(workspace.Shape).Put(workspace);

    /// <summary>Takes room for weights back.</summary>
    public void Return(EncoderWeights weights) => _weights.Put(weights);

    public void Dispose()
    {
        _training.Dispose();
        _evaluating.Dispose();
        _weights.Dispose();
    }

    private IdleBuffers<EncoderShape, EncoderWorkspace> Idle(EncoderShape shape) => shape.Keeping == ActivationKeeping.None ? _evaluating : _training;
}
