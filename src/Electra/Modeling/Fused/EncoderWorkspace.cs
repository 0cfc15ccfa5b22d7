using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Every buffer of a pass through a fused encoder, made once and used again step after step: nothing is allocated, and no page of memory
/// is touched for the first time, while a model trains.
/// </summary>
internal sealed class EncoderWorkspace : ReusableBuffers<EncoderShape>
{
    private const long RowsTogether = 1024;
    private readonly EncoderLayerActivations[] _activations;
    private readonly EncoderLayerActivations[][] _activationParts; // by range, then as _activations
    private readonly EncoderScratch[] _scratchParts;               // one a thread
    private FirstTokens? _firstTokens;

    public EncoderWorkspace(EncoderShape shape)
        : base(shape)
    {
        Scratch = new EncoderScratch(shape);
        _activations = Each(shape.Keeping == ActivationKeeping.All ? shape.Layers : 1, () => new EncoderLayerActivations(shape));
        // Of two outputs a layer reads the one and writes the other where none is kept.
        int between = shape.Keeping == ActivationKeeping.None ? Math.Min(2, shape.Layers - 1) : shape.Layers - 1;
        Outputs = Each(between, () => Buffer(shape.Dtype, shape.Rows, shape.Hidden));
        Ranges = Cut(shape);
        _activationParts = [.. Ranges.Select(range => _activations.Select(whole => new EncoderLayerActivations(whole, range)).ToArray())];
        _scratchParts = [.. Ranges.Select(range => new EncoderScratch(Scratch, range))];
        OutputParts = [.. Ranges.Select(range => Outputs.Select(output => range.Of(output)).ToArray())];
        Weigh([.. Scratch.Buffers, .. _activations.SelectMany(activations => activations.Buffers), .. Outputs]);
    }

    /// <summary>What it was made for.</summary>
    public EncoderShape Shape => Key;

    /// <summary>What all layers use in turn.</summary>
    public EncoderScratch Scratch { get; }

    /// <summary>The batch in parts of about as many rows as fit a core's cache; none when there would be fewer than two.</summary>
    public IReadOnlyList<SequenceRange> Ranges { get; }

    private Tensor[] Outputs { get; }

    private Tensor[][] OutputParts { get; }

    /// <summary>Where a layer keeps what its backward pass needs.</summary>
    public EncoderLayerActivations Activations(int layer) => _activations[layer % _activations.Length];

    /// <summary>The output of a layer that is not the last: the input of the next. (rows, hidden)</summary>
    public Tensor Output(int layer) => Outputs[layer % Outputs.Length];

    /// <summary>Views for a last layer of which first tokens alone are wanted, made when they first are.</summary>
    public FirstTokens FirstTokens => _firstTokens ??= new FirstTokens(Shape, Activations(Shape.Layers - 1), Scratch);

    /// <summary>The same for one of <see cref="Ranges"/>.</summary>
    public EncoderLayerActivations Activations(int range, int layer) => _activationParts[range][layer % _activations.Length];

    /// <summary>The same for one of <see cref="Ranges"/>.</summary>
    public Tensor Output(int range, int layer) => OutputParts[range][layer % Outputs.Length];

    /// <summary>Scratch for a part of the batch: one that no other thread uses.</summary>
    public EncoderScratch ScratchOf(int thread) => _scratchParts[thread];

    /// <summary>A buffer that no dispose scope frees.</summary>
    public static Tensor Buffer(ScalarType dtype, params long[] shape) => empty(shape, dtype).DetachFromDisposeScope();

    /// <inheritdoc/>
    protected override void Free()
    {
        Scratch.Dispose();
        _firstTokens?.Dispose();
        foreach (EncoderLayerActivations activations in _activations) activations.Dispose();
        foreach (Tensor output in Outputs.Concat(OutputParts.SelectMany(part => part))) output.Dispose();
        foreach (EncoderLayerActivations part in _activationParts.SelectMany(part => part)) part.Dispose();
        foreach (EncoderScratch part in _scratchParts) part.Dispose();
    }

    private static SequenceRange[] Cut(EncoderShape shape)
    {
        long each = Math.Max(1, RowsTogether / shape.Tokens), count = shape.Batch / each;
        return count < 2 || shape.Batch % each != 0
            ? []
            : [.. Enumerable.Range(0, (int)count).Select(i => new SequenceRange(i * each, each, shape.Batch))];
    }

    private static T[] Each<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
