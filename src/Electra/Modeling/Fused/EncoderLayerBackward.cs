using Electra.Native;
using Electra.Native.Kernels;
using static TorchSharp.torch;

namespace Electra.Modeling.Fused;

/// <summary>The backward pass of a fused encoder layer.</summary>
internal static unsafe class EncoderLayerBackward
{
    /// <summary>Gradients of the input and of the parameters, in the order of <see cref="EncoderLayerParameters"/>.</summary>
    public static List<Tensor> Run(
        Tensor hidden, EncoderLayerParameters parameters, EncoderLayerSettings settings, EncoderLayerActivations activations, Tensor gradOutput) =>
        hidden.dtype == ScalarType.BFloat16
            ? Run<BFloat16Element>(hidden, parameters, settings, activations, gradOutput)
            : Run<Float32Element>(hidden, parameters, settings, activations, gradOutput);

    private static List<Tensor> Run<T>(
        Tensor hidden, EncoderLayerParameters p, EncoderLayerSettings settings, EncoderLayerActivations a, Tensor gradOutput)
        where T : struct, IElement
    {
        long batch = hidden.shape[0], tokens = hidden.shape[1], width = hidden.shape[2], rows = batch * tokens;
        ScalarType dtype = hidden.dtype;
        int heads = settings.Heads, size = (int)(width / heads);
        Tensor input = hidden.contiguous().view(rows, width);

        NormGradients output = NormBackward<T>(
            a.OutputSum, a.OutputStatistics, p.OutputNormWeight, gradOutput.contiguous(), null,
            new DropoutMask(settings.Seed + 2, settings.HiddenDropout));
        Tensor gradActivated = mm(output.Branch, a.OutputWeight); // (rows, intermediate)
        Tensor gradOutputWeight = Weight(output.Branch, a.Activated);
        Tensor gradIntermediateBias = empty_like(p.IntermediateBias);
        BiasGelu.Arguments gelu = new()
        {
            Rows = rows,
            Width = (int)a.Intermediate.shape[1],
            Input = Data(a.Intermediate),
            Bias = (float*)Data(p.IntermediateBias),
            GradOutput = Data(gradActivated),
            Output = Data(gradActivated),
        };
        BiasGelu.Backward<T>(ref gelu, (float*)Data(gradIntermediateBias));
        Tensor gradResult = mm(gradActivated, a.IntermediateWeight); // (rows, hidden)
        Tensor gradIntermediateWeight = Weight(gradActivated, a.AttentionResult);
        gradActivated.Dispose();

        NormGradients attention = NormBackward<T>(
            a.AttentionSum, a.AttentionStatistics, p.AttentionNormWeight, output.Residual, gradResult,
            new DropoutMask(settings.Seed + 1, settings.HiddenDropout));
        Tensor gradContext = mm(attention.Branch, a.AttentionOutputWeight); // (rows, hidden)
        Tensor gradAttentionOutputWeight = Weight(attention.Branch, a.Context);

        Tensor gradContextHeads = empty_like(a.Query);
        HeadLayout.Arguments split = new()
        {
            Batch = batch,
            Tokens = tokens,
            Heads = heads,
            Size = size,
            Parts = 1,
            FirstScale = 1,
            Rows = Data(gradContext),
            Part0 = Data(gradContextHeads),
        };
        HeadLayout.Split<T>(ref split);
        Tensor gradScores = bmm(gradContextHeads, a.Value.transpose(1, 2)); // (batch x heads, tokens, tokens)
        Tensor gradValue = bmm(a.Attended.transpose(1, 2), gradContextHeads);
        AttentionSoftmax.Arguments softmax = new()
        {
            Rows = batch * heads * tokens,
            Keys = (int)tokens,
            RowsPerSequence = heads * tokens,
            Mask = new DropoutMask(settings.Seed, settings.AttentionDropout),
            Scores = Data(gradScores),
            Probabilities = Data(a.Probabilities),
        };
        AttentionSoftmax.Backward<T>(ref softmax);
        Tensor gradQuery = bmm(gradScores, a.Key), gradKey = bmm(gradScores.transpose(1, 2), a.Query);

        Tensor gradProjected = empty([rows, 3 * width], dtype), gradQkvBias = empty(3 * width);
        HeadLayout.Arguments merge = new()
        {
            Batch = batch,
            Tokens = tokens,
            Heads = heads,
            Size = size,
            Parts = 3,
            FirstScale = (float)(1 / Math.Sqrt(size)),
            Rows = Data(gradProjected),
            Part0 = Data(gradQuery),
            Part1 = Data(gradKey),
            Part2 = Data(gradValue),
        };
        HeadLayout.Merge<T>(ref merge, (float*)Data(gradQkvBias));
        Tensor gradQkvWeight = Weight(gradProjected, input); // (3 hidden, hidden)
        Tensor gradInput = attention.Residual.addmm_(gradProjected, a.QkvWeight, 1, 1);

        Tensor Part(Tensor whole, int index) => whole.narrow(0, index * width, width);
        return
        [
            gradInput.view(batch, tokens, width),
            Part(gradQkvWeight, 0), Part(gradQkvBias, 0), Part(gradQkvWeight, 1), Part(gradQkvBias, 1), Part(gradQkvWeight, 2), Part(gradQkvBias, 2),
            gradAttentionOutputWeight, attention.Bias, attention.Weight, attention.Offset,
            gradIntermediateWeight, gradIntermediateBias, gradOutputWeight, output.Bias, output.Weight, output.Offset,
        ];
    }

    /// <summary>The gradient of a weight (outputs, inputs), in float32 like the weight.</summary>
    private static Tensor Weight(Tensor gradOutput, Tensor input)
    {
        using Tensor transposed = gradOutput.t();
        return mm(transposed, input).to(ScalarType.Float32);
    }

    private static NormGradients NormBackward<T>(
        Tensor sum, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor? gradOutput2, DropoutMask mask)
        where T : struct, IElement
    {
        Tensor residual = empty_like(sum), branch = mask.IsActive ? empty_like(sum) : residual;
        Tensor gradWeight = empty_like(weight), gradOffset = empty_like(weight), gradBias = empty_like(weight);
        float* mean = (float*)Data(statistics);
        ResidualLayerNorm.BackwardArguments arguments = new()
        {
            Rows = sum.shape[0],
            Width = (int)sum.shape[1],
            Mask = mask,
            Sum = Data(sum),
            Mean = mean,
            InverseDeviation = mean + sum.shape[0],
            Weight = (float*)Data(weight),
            GradOutput = Data(gradOutput),
            GradOutput2 = gradOutput2 is null ? null : Data(gradOutput2),
            GradResidual = Data(residual),
            GradBranch = Data(branch),
        };
        ResidualLayerNorm.Backward<T>(ref arguments, (float*)Data(gradWeight), (float*)Data(gradOffset), (float*)Data(gradBias));
        return new NormGradients(residual, branch, gradWeight, gradOffset, gradBias);
    }

    private static void* Data(Tensor tensor) => (void*)Aten.DataPointer(tensor);

    private readonly record struct NormGradients(Tensor Residual, Tensor Branch, Tensor Weight, Tensor Offset, Tensor Bias);
}
