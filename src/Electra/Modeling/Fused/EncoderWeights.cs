using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The matrices of all layers as the products of a pass take them.</summary>
internal sealed class EncoderWeights : ReusableBuffers<ScalarType>
{
    private readonly EncoderLayerWeights[] _layers;

    /// <summary>Makes room.</summary>
    public EncoderWeights(EncoderShape shape)
        : base(shape.Dtype)
    {
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(_ => new EncoderLayerWeights(shape))];
        Weigh(_layers.SelectMany(layer => layer.Buffers));
    }

    /// <summary>Prepares them once for all passes; nothing is loaded into them afterwards.</summary>
    public EncoderWeights(ScalarType dtype, IReadOnlyList<EncoderLayerParameters<Tensor>> parameters)
        : base(dtype)
    {
        _layers = [.. parameters.Select(layer => new EncoderLayerWeights(dtype, layer))];
        Weigh(_layers.SelectMany(layer => layer.Buffers));
    }

    /// <summary>Those of one layer.</summary>
    public EncoderLayerWeights this[int layer] => _layers[layer];

    /// <summary>Takes over the values that the parameters have now.</summary>
    public void Load(IReadOnlyList<EncoderLayerParameters<Tensor>> parameters)
    {
        for (int layer = 0; layer < _layers.Length; layer++) _layers[layer].Load(parameters[layer]);
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        foreach (EncoderLayerWeights layer in _layers) layer.Dispose();
    }
}
