using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Every buffer of a pass through a fused encoder, made once and used again step after step: nothing is allocated, and no page of memory
/// is touched for the first time, while a model trains.
/// </summary>
internal sealed class EncoderWorkspace : IDisposable
{
    private const long RowsTogether = 1024;
    private readonly EncoderLayerActivations[] _activations;
    private readonly EncoderLayerActivations[][] _activationParts; // by range, then as _activations
    private readonly EncoderScratch[] _scratchParts;               // one a thread
    private long _bytes; // of activations, which is nearly all

    public EncoderWorkspace(EncoderShape shape)
    {
        Shape = shape;
        Scratch = new EncoderScratch(shape);
        Weights = Each(shape.Layers, () => new EncoderLayerWeights(shape));
        _activations = Each(shape.Keeping == ActivationKeeping.All ? shape.Layers : 1, () => new EncoderLayerActivations(shape));
        // Of two outputs a layer reads the one and writes the other where none is kept.
        int between = shape.Keeping == ActivationKeeping.None ? Math.Min(2, shape.Layers - 1) : shape.Layers - 1;
        Outputs = Each(between, () => Buffer(shape.Dtype, shape.Rows, shape.Hidden));
        Ranges = Cut(shape);
        _activationParts = [.. Ranges.Select(range => _activations.Select(whole => new EncoderLayerActivations(whole, range)).ToArray())];
        _scratchParts = [.. Ranges.Select(range => new EncoderScratch(Scratch, range))];
        OutputParts = [.. Ranges.Select(range => Outputs.Select(output => range.Of(output)).ToArray())];
        long each = (8 * shape.Hidden) + shape.Intermediate + (shape.Heads * shape.Tokens);
        _bytes = _activations.Length * shape.Rows * each * (shape.Dtype == ScalarType.BFloat16 ? 2 : 4);
        // A graph that nobody goes back through leaves its workspace to the collector, which otherwise knows of no reason to run.
        GC.AddMemoryPressure(_bytes);
    }

    ~EncoderWorkspace() => Relieve(); // buffers have finalizers of their own

    /// <summary>What it was made for.</summary>
    public EncoderShape Shape { get; }

    /// <summary>What all layers use in turn.</summary>
    public EncoderScratch Scratch { get; }

    /// <summary>One a layer.</summary>
    public IReadOnlyList<EncoderLayerWeights> Weights { get; }

    /// <summary>The batch in parts of about as many rows as fit a core's cache; none when there would be fewer than two.</summary>
    public IReadOnlyList<SequenceRange> Ranges { get; }

    private Tensor[] Outputs { get; }

    private Tensor[][] OutputParts { get; }

    /// <summary>Where a layer keeps what its backward pass needs.</summary>
    public EncoderLayerActivations Activations(int layer) => _activations[layer % _activations.Length];

    /// <summary>The output of a layer that is not the last: the input of the next. (rows, hidden)</summary>
    public Tensor Output(int layer) => Outputs[layer % Outputs.Length];

    /// <summary>The same for one of <see cref="Ranges"/>.</summary>
    public EncoderLayerActivations Activations(int range, int layer) => _activationParts[range][layer % _activations.Length];

    /// <summary>The same for one of <see cref="Ranges"/>.</summary>
    public Tensor Output(int range, int layer) => OutputParts[range][layer % Outputs.Length];

    /// <summary>Scratch for a part of the batch: one that no other thread uses.</summary>
    public EncoderScratch ScratchOf(int thread) => _scratchParts[thread];

    /// <summary>A buffer that no dispose scope frees.</summary>
    public static Tensor Buffer(ScalarType dtype, params long[] shape) => empty(shape, dtype).DetachFromDisposeScope();

    public void Dispose()
    {
        Scratch.Dispose();
        foreach (EncoderLayerWeights weights in Weights) weights.Dispose();
        foreach (EncoderLayerActivations activations in _activations) activations.Dispose();
        foreach (Tensor output in Outputs.Concat(OutputParts.SelectMany(part => part))) output.Dispose();
        foreach (EncoderLayerActivations part in _activationParts.SelectMany(part => part)) part.Dispose();
        foreach (EncoderScratch part in _scratchParts) part.Dispose();
        Relieve();
        GC.SuppressFinalize(this);
    }

    private static SequenceRange[] Cut(EncoderShape shape)
    {
        long each = Math.Max(1, RowsTogether / shape.Tokens), count = shape.Batch / each;
        return count < 2 || shape.Batch % each != 0
            ? []
            : [.. Enumerable.Range(0, (int)count).Select(i => new SequenceRange(i * each, each, shape.Batch))];
    }

    private void Relieve()
    {
        long bytes = Interlocked.Exchange(ref _bytes, 0);
        if (bytes > 0) GC.RemoveMemoryPressure(bytes);
    }

    private static T[] Each<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
