using Electra.Native;
using Electra.Native.Kernels;
using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>The forward pass of a fused encoder layer.</summary>
internal static unsafe class EncoderLayerForward
{
    /// <summary>Runs it; what it returns is in the current dispose scope.</summary>
    public static (Tensor Output, EncoderLayerActivations Activations) Run(
        Tensor hidden, EncoderLayerParameters parameters, EncoderLayerSettings settings) =>
        hidden.dtype == ScalarType.BFloat16
            ? Run<BFloat16Element>(hidden, parameters, settings)
            : Run<Float32Element>(hidden, parameters, settings);

    private static (Tensor Output, EncoderLayerActivations Activations) Run<T>(
        Tensor hidden, EncoderLayerParameters p, EncoderLayerSettings settings)
        where T : struct, IElement
    {
        long batch = hidden.shape[0], tokens = hidden.shape[1], width = hidden.shape[2], rows = batch * tokens;
        ScalarType dtype = hidden.dtype;
        int heads = settings.Heads, size = (int)(width / heads);
        long[] headShape = [batch * heads, tokens, size];
        Tensor input = hidden.contiguous().view(rows, width);

        Tensor qkvWeight = cat([p.QueryWeight, p.KeyWeight, p.ValueWeight], 0).to(dtype); // (3 hidden, hidden)
        Tensor qkvBias = cat([p.QueryBias, p.KeyBias, p.ValueBias], 0);
        Tensor attentionOutputWeight = p.AttentionOutputWeight.to(dtype);
        Tensor intermediateWeight = p.IntermediateWeight.to(dtype), outputWeight = p.OutputWeight.to(dtype);

        Tensor projected = mm(input, qkvWeight.t()); // (rows, 3 hidden)
        Tensor query = empty(headShape, dtype), key = empty(headShape, dtype), value = empty(headShape, dtype);
        HeadLayout.Arguments split = new()
        {
            Batch = batch,
            Tokens = tokens,
            Heads = heads,
            Size = size,
            Parts = 3,
            FirstScale = (float)(1 / Math.Sqrt(size)),
            Rows = Data(projected),
            Part0 = Data(query),
            Part1 = Data(key),
            Part2 = Data(value),
            Bias = (float*)Data(qkvBias),
        };
        HeadLayout.Split<T>(ref split);
        projected.Dispose();

        Tensor probabilities = bmm(query, key.transpose(1, 2)); // (batch x heads, tokens, tokens): scores until the softmax below
        DropoutMask attentionMask = new(settings.Seed, settings.AttentionDropout);
        Tensor attended = attentionMask.IsActive ? empty_like(probabilities) : probabilities;
        AttentionSoftmax.Arguments softmax = new()
        {
            Rows = batch * heads * tokens,
            Keys = (int)tokens,
            RowsPerSequence = heads * tokens,
            KeyBias = settings.KeyBias is null ? null : (float*)Data(settings.KeyBias),
            Mask = attentionMask,
            Scores = Data(probabilities),
            Probabilities = Data(probabilities),
            Dropped = Data(attended),
        };
        AttentionSoftmax.Forward<T>(ref softmax);

        Tensor contextHeads = bmm(attended, value); // (batch x heads, tokens, size)
        Tensor context = empty([rows, width], dtype);
        HeadLayout.Arguments merge = new()
        {
            Batch = batch,
            Tokens = tokens,
            Heads = heads,
            Size = size,
            Parts = 1,
            FirstScale = 1,
            Rows = Data(context),
            Part0 = Data(contextHeads),
        };
        HeadLayout.Merge<T>(ref merge, null);
        contextHeads.Dispose();

        Tensor attentionOutput = mm(context, attentionOutputWeight.t()); // (rows, hidden)
        (Tensor result, Tensor sum, Tensor statistics) = AddAndNormalize<T>(
            input, attentionOutput, p.AttentionOutputBias, p.AttentionNormWeight, p.AttentionNormBias,
            settings, new DropoutMask(settings.Seed + 1, settings.HiddenDropout));
        attentionOutput.Dispose();

        Tensor intermediate = mm(result, intermediateWeight.t()); // (rows, intermediate)
        Tensor activated = empty_like(intermediate);
        BiasGelu.Arguments gelu = new()
        {
            Rows = rows,
            Width = (int)intermediate.shape[1],
            Input = Data(intermediate),
            Bias = (float*)Data(p.IntermediateBias),
            Output = Data(activated),
        };
        BiasGelu.Forward<T>(ref gelu);

        Tensor feedForward = mm(activated, outputWeight.t()); // (rows, hidden)
        (Tensor output, Tensor outputSum, Tensor outputStatistics) = AddAndNormalize<T>(
            result, feedForward, p.OutputBias, p.OutputNormWeight, p.OutputNormBias,
            settings, new DropoutMask(settings.Seed + 2, settings.HiddenDropout));
        feedForward.Dispose();

        return (output.view(batch, tokens, width), new EncoderLayerActivations(
            qkvWeight, attentionOutputWeight, intermediateWeight, outputWeight, query, key, value, probabilities, attended, context,
            sum, statistics, result, intermediate, activated, outputSum, outputStatistics));
    }

    private static (Tensor Output, Tensor Sum, Tensor Statistics) AddAndNormalize<T>(
        Tensor residual, Tensor branch, Tensor bias, Tensor weight, Tensor offset, EncoderLayerSettings settings, DropoutMask mask)
        where T : struct, IElement
    {
        long rows = residual.shape[0];
        Tensor output = empty_like(residual), sum = empty_like(residual), statistics = empty(2, rows);
        float* mean = (float*)Data(statistics);
        ResidualLayerNorm.ForwardArguments arguments = new()
        {
            Rows = rows,
            Width = (int)residual.shape[1],
            Epsilon = (float)settings.LayerNormEpsilon,
            Mask = mask,
            Residual = Data(residual),
            Branch = Data(branch),
            Bias = (float*)Data(bias),
            Weight = (float*)Data(weight),
            Offset = (float*)Data(offset),
            Sum = Data(sum),
            Output = Data(output),
            Mean = mean,
            InverseDeviation = mean + rows,
        };
        ResidualLayerNorm.Forward<T>(ref arguments);
        return (output, sum, statistics);
    }

    private static void* Data(Tensor tensor) => (void*)Aten.DataPointer(tensor);
}
