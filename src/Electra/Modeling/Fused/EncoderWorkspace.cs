using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>
/// Every buffer of a pass through a fused encoder, made once and used again step after step: nothing is allocated, and no page of memory
/// is touched for the first time, while a model trains.
/// </summary>
internal sealed class EncoderWorkspace : IDisposable
{
    private readonly EncoderLayerActivations[] _activations;
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

    private Tensor[] Outputs { get; }

    /// <summary>Where a layer keeps what its backward pass needs.</summary>
    public EncoderLayerActivations Activations(int layer) => _activations[layer % _activations.Length];

    /// <summary>The output of a layer that is not the last: the input of the next. (rows, hidden)</summary>
    public Tensor Output(int layer) => Outputs[layer % Outputs.Length];

    /// <summary>A buffer that no dispose scope frees.</summary>
    public static Tensor Buffer(ScalarType dtype, params long[] shape) => empty(shape, dtype).DetachFromDisposeScope();

    public void Dispose()
    {
        Scratch.Dispose();
        foreach (EncoderLayerWeights weights in Weights) weights.Dispose();
        foreach (EncoderLayerActivations activations in _activations) activations.Dispose();
        foreach (Tensor output in Outputs) output.Dispose();
        Relieve();
        GC.SuppressFinalize(this);
    }

    private void Relieve()
    {
        long bytes = Interlocked.Exchange(ref _bytes, 0);
        if (bytes > 0) GC.RemoveMemoryPressure(bytes);
    }

    private static T[] Each<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
