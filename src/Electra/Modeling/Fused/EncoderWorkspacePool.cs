namespace Electra.Modeling;

/// <summary>
/// Keeps the workspace that was used last, one for training and one for evaluating. Passes that overlap (several threads, several graphs
/// before one backward pass) get one each; what is too many is freed.
/// </summary>
internal sealed class EncoderWorkspacePool : IDisposable
{
    private EncoderWorkspace? _training, _evaluating;
    private volatile bool _disposed;

    /// <summary>One for a shape; give it back, or leave it to the garbage collector with the graph that used it.</summary>
    public EncoderWorkspace Rent(EncoderShape shape)
    {
        EncoderWorkspace? idle = Interlocked.Exchange(ref Place(shape), null);
        if (idle?.Shape == shape) return idle;
        idle?.Dispose();
        return new EncoderWorkspace(shape);
    }

    /// <summary>Takes one back.</summary>
    public void Return(EncoderWorkspace workspace)
    {
        if (_disposed) workspace.Dispose(); // the model went before its backward pass
        else Interlocked.Exchange(ref Place(workspace.Shape), workspace)?.Dispose();
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _training, null)?.Dispose();
        Interlocked.Exchange(ref _evaluating, null)?.Dispose();
    }

    private ref EncoderWorkspace? Place(EncoderShape shape) =>
        ref shape.Keeping == ActivationKeeping.None ? ref _evaluating : ref _training;
}
