namespace Electra.Modeling;

/// <summary>
/// Keeps workspaces that nobody uses, those of training and those of evaluating apart: the one that was used last, and others up to a number of bytes,
/// since batches of texts come in many shapes that return. Passes that overlap (several threads, several graphs before one backward pass) get one each.
/// </summary>
internal sealed class EncoderWorkspacePool : IDisposable
{
    /// <summary>Bytes of idle workspaces beside the last one, for each of both.</summary>
    public const long IdleBytes = 256L << 20;

    private readonly LinkedList<EncoderWorkspace> _training = new(), _evaluating = new(); // the one used last comes first
    private bool _disposed;

    /// <summary>One for a shape; give it back, or leave it to the garbage collector with the graph that used it.</summary>
    public EncoderWorkspace Rent(EncoderShape shape)
    {
        LinkedList<EncoderWorkspace> idle = Idle(shape);
        List<EncoderWorkspace> tooMuch;
        lock (_training)
        {
            for (LinkedListNode<EncoderWorkspace>? node = idle.First; node is not null; node = node.Next)
            {
                if (node.Value.Shape != shape) continue;
                idle.Remove(node);
                return node.Value;
            }

            tooMuch = Trim(idle, keepsFirst: false); // before more is allocated
        }

        foreach (EncoderWorkspace workspace in tooMuch) workspace.Dispose();
        return new EncoderWorkspace(shape);
    }

    /// <summary>Takes one back.</summary>
    public void Return(EncoderWorkspace workspace)
    {
        List<EncoderWorkspace> tooMuch;
        lock (_training)
        {
            if (_disposed) // the model went before its backward pass
            {
                tooMuch = [workspace];
            }
            else
            {
                LinkedList<EncoderWorkspace> idle = Idle(workspace.Shape);
                idle.AddFirst(workspace);
                tooMuch = Trim(idle, keepsFirst: true);
            }
        }

        foreach (EncoderWorkspace old in tooMuch) old.Dispose();
    }

    public void Dispose()
    {
        List<EncoderWorkspace> all;
        lock (_training)
        {
            _disposed = true;
            all = [.. _training, .. _evaluating];
            _training.Clear();
            _evaluating.Clear();
        }

        foreach (EncoderWorkspace workspace in all) workspace.Dispose();
    }

    private static List<EncoderWorkspace> Trim(LinkedList<EncoderWorkspace> idle, bool keepsFirst)
    {
        var tooMuch = new List<EncoderWorkspace>();
        long bytes = keepsFirst ? -idle.First!.Value.Bytes : 0;
        for (LinkedListNode<EncoderWorkspace>? node = idle.First; node is not null;)
        {
            LinkedListNode<EncoderWorkspace>? next = node.Next;
            bytes += node.Value.Bytes;
            if (bytes > IdleBytes)
            {
                tooMuch.Add(node.Value);
                idle.Remove(node);
            }

            node = next;
        }

        return tooMuch;
    }

    private LinkedList<EncoderWorkspace> Idle(EncoderShape shape) => shape.Keeping == ActivationKeeping.None ? _evaluating : _training;
}
