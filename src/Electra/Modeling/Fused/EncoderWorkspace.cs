using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>
/// Every buffer of a pass through a fused encoder, made once and used again step after step: nothing is allocated, and no page of memory
/// is touched for the first time, while a model trains.
/// </summary>
internal sealed class EncoderWorkspace : IDisposable
{
    private readonly EncoderLayerActivations[] _activations;

    public EncoderWorkspace(EncoderShape shape)
    {
        Shape = shape;
        Scratch = new EncoderScratch(shape);
        Weights = Each(shape.Layers, () => new EncoderLayerWeights(shape));
        _activations = Each(shape.Keeping == ActivationKeeping.All ? shape.Layers : 1, () => new EncoderLayerActivations(shape));
        // Of two outputs a layer reads the one and writes the other where none is kept.
        int between = shape.Keeping == ActivationKeeping.None ? Math.Min(2, shape.Layers - 1) : shape.Layers - 1;
        Outputs = Each(between, () => Buffer(shape.Dtype, shape.Rows, shape.Hidden));
    }

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
    }

    private static T[] Each<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
