using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The matrices of a layer in the dtype of its products: query, key and value as one, the others as they are in float32.</summary>
internal sealed class EncoderLayerWeights : IDisposable
{
    private readonly Tensor[] _qkvParts, _qkvBiasParts; // views
    private readonly Tensor? _attentionOutput, _intermediate, _output;

    public EncoderLayerWeights(EncoderShape shape)
    {
        (long hidden, long wide) = (shape.Hidden, shape.Intermediate);
        Tensor[] Parts(Tensor whole) => [.. Enumerable.Range(0, 3).Select(i => whole.narrow(0, i * hidden, hidden).DetachFromDisposeScope())];
        Qkv = EncoderWorkspace.Buffer(shape.Dtype, 3 * hidden, hidden);
        QkvBias = EncoderWorkspace.Buffer(ScalarType.Float32, 3 * hidden);
        (_qkvParts, _qkvBiasParts) = (Parts(Qkv), Parts(QkvBias));
        if (shape.Dtype == ScalarType.Float32) return;
        _attentionOutput = EncoderWorkspace.Buffer(shape.Dtype, hidden, hidden);
        _intermediate = EncoderWorkspace.Buffer(shape.Dtype, wide, hidden);
        _output = EncoderWorkspace.Buffer(shape.Dtype, hidden, wide);
    }

    /// <summary>(3 hidden, hidden)</summary>
    public Tensor Qkv { get; }

    /// <summary>float32 (3 hidden)</summary>
    public Tensor QkvBias { get; }

    /// <summary>(hidden, hidden)</summary>
    public Tensor AttentionOutput { get; private set; } = null!;

    /// <summary>(intermediate, hidden)</summary>
    public Tensor Intermediate { get; private set; } = null!;

    /// <summary>(hidden, intermediate)</summary>
    public Tensor Output { get; private set; } = null!;

    /// <summary>Takes over the values that the parameters have now.</summary>
    public void Load(EncoderLayerParameters<Tensor> parameters)
    {
        MatrixProducts.Copy(parameters.QueryWeight, _qkvParts[0]);
        MatrixProducts.Copy(parameters.KeyWeight, _qkvParts[1]);
        MatrixProducts.Copy(parameters.ValueWeight, _qkvParts[2]);
        MatrixProducts.Copy(parameters.QueryBias, _qkvBiasParts[0]);
        MatrixProducts.Copy(parameters.KeyBias, _qkvBiasParts[1]);
        MatrixProducts.Copy(parameters.ValueBias, _qkvBiasParts[2]);
        AttentionOutput = Cast(parameters.AttentionOutputWeight, _attentionOutput);
        Intermediate = Cast(parameters.IntermediateWeight, _intermediate);
        Output = Cast(parameters.OutputWeight, _output);
    }

    public void Dispose()
    {
        Tensor?[] all = [Qkv, QkvBias, .. _qkvParts, .. _qkvBiasParts, _attentionOutput, _intermediate, _output];
        foreach (Tensor? tensor in all) tensor?.Dispose();
    }

    private static Tensor Cast(Tensor parameter, Tensor? buffer)
    {
        if (buffer is null) return parameter;
        MatrixProducts.Copy(parameter, buffer);
        return buffer;
    }
}
