using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What the backward pass of a layer needs of its forward pass (rows = batch x tokens), besides its input.</summary>
internal sealed class EncoderLayerActivations : IDisposable
{
    public EncoderLayerActivations(EncoderShape shape)
    {
        long[] heads = [shape.Batch * shape.Heads, shape.Tokens, shape.HeadSize], hidden = [shape.Rows, shape.Hidden];
        Query = EncoderWorkspace.Buffer(shape.Dtype, heads);
        Key = EncoderWorkspace.Buffer(shape.Dtype, heads);
        Value = EncoderWorkspace.Buffer(shape.Dtype, heads);
        Probabilities = EncoderWorkspace.Buffer(shape.Dtype, shape.Batch * shape.Heads, shape.Tokens, shape.Tokens);
        Context = EncoderWorkspace.Buffer(shape.Dtype, hidden);
        AttentionSum = EncoderWorkspace.Buffer(shape.Dtype, hidden);
        AttentionStatistics = EncoderWorkspace.Buffer(ScalarType.Float32, 2, shape.Rows);
        AttentionResult = EncoderWorkspace.Buffer(shape.Dtype, hidden);
        Intermediate = EncoderWorkspace.Buffer(shape.Dtype, shape.Rows, shape.IntermediateColumns);
        OutputSum = EncoderWorkspace.Buffer(shape.Dtype, hidden);
        OutputStatistics = EncoderWorkspace.Buffer(ScalarType.Float32, 2, shape.Rows);
    }

    /// <summary>The part of some sequences, as views.</summary>
    public EncoderLayerActivations(EncoderLayerActivations whole, SequenceRange range)
    {
        Query = range.Of(whole.Query);
        Key = range.Of(whole.Key);
        Value = range.Of(whole.Value);
        Probabilities = range.Of(whole.Probabilities);
        Context = range.Of(whole.Context);
        AttentionSum = range.Of(whole.AttentionSum);
        AttentionStatistics = range.Of(whole.AttentionStatistics, 1);
        AttentionResult = range.Of(whole.AttentionResult);
        Intermediate = range.Of(whole.Intermediate);
        OutputSum = range.Of(whole.OutputSum);
        OutputStatistics = range.Of(whole.OutputStatistics, 1);
    }

    /// <summary>(batch x heads, tokens, size), scaled by 1/sqrt(size)</summary>
    public Tensor Query { get; }

    /// <summary>(batch x heads, tokens, size)</summary>
    public Tensor Key { get; }

    /// <summary>(batch x heads, tokens, size)</summary>
    public Tensor Value { get; }

    /// <summary>Before dropout. (batch x heads, tokens, tokens)</summary>
    public Tensor Probabilities { get; }

    /// <summary>(rows, hidden)</summary>
    public Tensor Context { get; }

    /// <summary>What the first LayerNorm normalised. (rows, hidden)</summary>
    public Tensor AttentionSum { get; }

    /// <summary>Means, then inverse standard deviations. float32 (2, rows)</summary>
    public Tensor AttentionStatistics { get; }

    /// <summary>(rows, hidden)</summary>
    public Tensor AttentionResult { get; }

    /// <summary>Before bias and gelu. (rows, intermediate), or the columns of a prepared weight</summary>
    public Tensor Intermediate { get; }

    /// <summary>What the second LayerNorm normalised. (rows, hidden)</summary>
    public Tensor OutputSum { get; }

    /// <summary>Means, then inverse standard deviations. float32 (2, rows)</summary>
    public Tensor OutputStatistics { get; }

    /// <summary>All of them.</summary>
    public IEnumerable<Tensor> Buffers =>
    [
        Query, Key, Value, Probabilities, Context, AttentionSum, AttentionStatistics, AttentionResult, Intermediate, OutputSum, OutputStatistics,
    ];

    public void Dispose()
    {
        foreach (Tensor buffer in Buffers) buffer.Dispose();
    }
}
