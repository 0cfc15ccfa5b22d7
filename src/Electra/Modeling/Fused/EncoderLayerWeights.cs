using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The matrices of a layer in the dtype of its products: query, key and value as one, the others as they are in float32.</summary>
internal sealed class EncoderLayerWeights : IDisposable
{
    private readonly Tensor[] _qkvParts = [], _qkvBiasParts = []; // views
    private readonly Tensor? _attentionOutput, _intermediate, _output;

    /// <summary>Makes room, for <see cref="Load"/>.</summary>
    public EncoderLayerWeights(EncoderShape shape)
    {
        (long hidden, long wide) = (shape.Hidden, shape.Intermediate);
        Tensor[] Parts(Tensor whole) => [.. Enumerable.Range(0, 3).Select(i => whole.narrow(0, i * hidden, hidden).DetachFromDisposeScope())];
        Qkv = new WeightMatrix(EncoderWorkspace.Buffer(shape.Dtype, 3 * hidden, hidden));
        QkvBias = EncoderWorkspace.Buffer(ScalarType.Float32, 3 * hidden);
        (_qkvParts, _qkvBiasParts) = (Parts(Qkv.Values), Parts(QkvBias));
        if (shape.Dtype == ScalarType.Float32) return;
        _attentionOutput = EncoderWorkspace.Buffer(shape.Dtype, hidden, hidden);
        _intermediate = EncoderWorkspace.Buffer(shape.Dtype, wide, hidden);
        _output = EncoderWorkspace.Buffer(shape.Dtype, hidden, wide);
    }

    /// <summary>Prepares them for many passes.</summary>
    public EncoderLayerWeights(ScalarType dtype, EncoderLayerParameters<Tensor> parameters)
    {
        using (no_grad()) QkvBias = cat([parameters.QueryBias, parameters.KeyBias, parameters.ValueBias]).DetachFromDisposeScope();
        Qkv = WeightMatrix.Prepare(dtype, false, parameters.QueryWeight, parameters.KeyWeight, parameters.ValueWeight);
        AttentionOutput = WeightMatrix.Prepare(dtype, false, parameters.AttentionOutputWeight);
        Intermediate = WeightMatrix.Prepare(dtype, true, parameters.IntermediateWeight);
        Output = WeightMatrix.Prepare(dtype, false, parameters.OutputWeight);
        Tensor? Own(WeightMatrix prepared, Tensor parameter) => ReferenceEquals(prepared.Values, parameter) ? null : prepared.Values;
        _attentionOutput = Own(AttentionOutput, parameters.AttentionOutputWeight);
        _intermediate = Own(Intermediate, parameters.IntermediateWeight);
        _output = Own(Output, parameters.OutputWeight);
    }

    /// <summary>(3 hidden, hidden)</summary>
    public WeightMatrix Qkv { get; }

    /// <summary>float32 (3 hidden)</summary>
    public Tensor QkvBias { get; }

    /// <summary>(hidden, hidden)</summary>
    public WeightMatrix AttentionOutput { get; private set; }

    /// <summary>(intermediate, hidden)</summary>
    public WeightMatrix Intermediate { get; private set; }

    /// <summary>(hidden, intermediate)</summary>
    public WeightMatrix Output { get; private set; }

    /// <summary>What has memory of its own.</summary>
    public IEnumerable<Tensor> Buffers => new[] { Qkv.Values, QkvBias, _attentionOutput, _intermediate, _output }.OfType<Tensor>();

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
        foreach (Tensor tensor in Buffers.Concat(_qkvParts).Concat(_qkvBiasParts)) tensor.Dispose();
    }

    private static WeightMatrix Cast(Tensor parameter, Tensor? buffer)
    {
        if (buffer is null) return new WeightMatrix(parameter);
        MatrixProducts.Copy(parameter, buffer);
        return new WeightMatrix(buffer);
    }
}
