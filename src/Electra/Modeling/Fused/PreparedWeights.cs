using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The weights of an encoder whose parameters stay as they are, prepared once for all passes of all threads. Parameters that are written to
/// nonetheless, as loading does, are noticed, and the weights are prepared again; writing them through another tensor of the same memory, as a
/// trainer does, is not.
/// </summary>
internal sealed class PreparedWeights(IReadOnlyList<EncoderLayerParameters<Tensor>> parameters) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Tensor[] _read = [.. parameters.SelectMany(Read)];
    private volatile State? _current;

    /// <summary>For passes of a shape; not to be written to, nor given back.</summary>
    public EncoderWeights For(EncoderShape shape)
    {
        if (_current is { } current && IsValid(current, shape.Dtype)) return current.Weights;
        lock (_lock)
        {
            if (_current is { } other && IsValid(other, shape.Dtype)) return other.Weights; // another thread was ahead
            long[] versions = Array.ConvertAll(_read, Aten.Version);
            EncoderWeights weights = new(shape.Dtype, parameters);
            _current = new State(weights, versions); // passes may still use the former weights: the collector frees them
            return weights;
        }
    }

    public void Dispose() => _current?.Weights.Dispose();

    private static Tensor[] Read(EncoderLayerParameters<Tensor> layer) =>
    [
        layer.QueryWeight, layer.QueryBias, layer.KeyWeight, layer.KeyBias, layer.ValueWeight, layer.ValueBias,
        layer.AttentionOutputWeight, layer.IntermediateWeight, layer.OutputWeight,
    ];

    private bool IsValid(State state, ScalarType dtype)
    {
        if (state.Weights.Key != dtype) return false;
        for (int i = 0; i < _read.Length; i++)
        {
            if (Aten.Version(_read[i]) != state.Versions[i]) return false;
        }

        return true;
    }

    private sealed record State(EncoderWeights Weights, long[] Versions);
}
