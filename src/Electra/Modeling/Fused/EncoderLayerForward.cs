using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The forward pass of a fused encoder layer.</summary>
internal static unsafe class EncoderLayerForward
{
    /// <summary>Runs it on buffers that exist already.</summary>
    /// <param name="input">(rows, hidden)</param>
    /// <param name="parameters">float32.</param>
    /// <param name="settings">Of this layer.</param>
    /// <param name="shape">Of this part of the batch.</param>
    /// <param name="weights">The parameters in the dtype of the products.</param>
    /// <param name="kept">Written.</param>
    /// <param name="scratch">Written.</param>
    /// <param name="output">(rows, hidden), written.</param>
    public static void Run<T>(
        Tensor input,
        EncoderLayerParameters<Tensor> parameters,
        EncoderLayerSettings settings,
        EncoderShape shape,
        EncoderLayerWeights weights,
        EncoderLayerActivations kept,
        EncoderScratch scratch,
        Tensor output)
        where T : struct, IElement
    {
        Attend<T>(shape, input, settings, weights, kept, scratch);
        Finish<T>(input, kept.Context, parameters, settings, shape, weights, kept, scratch, output);
    }

    /// <summary>The same for the first tokens alone, which attend to all; without dropout and a backward pass.</summary>
    /// <param name="input">(rows, hidden)</param>
    /// <param name="parameters">float32.</param>
    /// <param name="settings">Of this layer.</param>
    /// <param name="shape">Of this part of the batch.</param>
    /// <param name="weights">The parameters in the dtype of the products.</param>
    /// <param name="kept">Written.</param>
    /// <param name="scratch">Written.</param>
    /// <param name="first">Views of both, written.</param>
    /// <param name="output">(batch, hidden), written.</param>
    public static void RunFirst<T>(
        Tensor input,
        EncoderLayerParameters<Tensor> parameters,
        EncoderLayerSettings settings,
        EncoderShape shape,
        EncoderLayerWeights weights,
        EncoderLayerActivations kept,
        EncoderScratch scratch,
        FirstTokens first,
        Tensor output)
        where T : struct, IElement
    {
        Attend<T>(shape, input, settings, weights, kept, scratch);
        // Both sums are written after these have been read.
        (Tensor residual, Tensor context) = (first.Activations.OutputSum, first.Activations.AttentionSum);
        Gather(input, shape, residual);
        Gather(kept.Context, shape, context);
        Finish<T>(residual, context, parameters, settings, shape with { Tokens = 1 }, weights, first.Activations, first.Scratch, output);
    }

    private static void Gather(Tensor rows, EncoderShape shape, Tensor into)
    {
        using Tensor sequences = rows.view(shape.Batch, shape.Tokens, shape.Hidden), firstTokens = sequences.select(1, 0);
        MatrixProducts.Copy(firstTokens, into);
    }

    /// <summary>What comes after attention, row by row.</summary>
    private static void Finish<T>(
        Tensor residual,
        Tensor context,
        EncoderLayerParameters<Tensor> parameters,
        EncoderLayerSettings settings,
        EncoderShape shape,
        EncoderLayerWeights weights,
        EncoderLayerActivations kept,
        EncoderScratch scratch,
        Tensor output)
        where T : struct, IElement
    {
        using LinearProduct mixed = new(context, weights.AttentionOutput, scratch.Branch); // (rows, hidden)
        AddAndNormalize<T>(
            residual, mixed.Value, parameters.AttentionOutputBias, parameters.AttentionNormWeight, parameters.AttentionNormBias, settings,
            new DropoutMask(settings.Seed + 1, settings.HiddenDropout, settings.FirstRow), kept.AttentionSum, kept.AttentionStatistics, kept.AttentionResult);

        using LinearProduct widened = new(kept.AttentionResult, weights.Intermediate, kept.Intermediate, mustKeep: shape.Keeping != ActivationKeeping.None); // (rows, intermediate or more)
        BiasGelu.Arguments gelu = new()
        {
            Rows = shape.Rows,
            Width = (int)shape.Intermediate,
            Input = Data(widened.Value),
            InputStride = (int)widened.Value.size(1),
            Bias = (float*)Data(parameters.IntermediateBias),
            Output = Data(scratch.Activated),
        };
        BiasGelu.Forward<T>(ref gelu);
        using LinearProduct narrowed = new(scratch.Activated, weights.Output, scratch.Branch); // (rows, hidden)
        AddAndNormalize<T>(
            kept.AttentionResult, narrowed.Value, parameters.OutputBias, parameters.OutputNormWeight, parameters.OutputNormBias, settings,
            new DropoutMask(settings.Seed + 2, settings.HiddenDropout, settings.FirstRow), kept.OutputSum, kept.OutputStatistics, output);
    }

    private static void Attend<T>(
        EncoderShape shape,
        Tensor input,
        EncoderLayerSettings settings,
        EncoderLayerWeights weights,
        EncoderLayerActivations kept,
        EncoderScratch scratch)
        where T : struct, IElement
    {
        using LinearProduct projected = new(input, weights.Qkv, scratch.Projected); // (rows, 3 hidden)
        HeadLayout.Arguments split = new()
        {
            Batch = shape.Batch,
            Tokens = shape.Tokens,
            Heads = shape.Heads,
            Size = shape.HeadSize,
            Parts = 3,
            FirstScale = (float)(1 / Math.Sqrt(shape.HeadSize)),
            Rows = Data(projected.Value),
            Part0 = Data(kept.Query),
            Part1 = Data(kept.Key),
            Part2 = Data(kept.Value),
            Bias = (float*)Data(weights.QkvBias),
        };
        HeadLayout.Split<T>(ref split);

        MatrixProducts.MultiplyEachByTransposed(kept.Query, kept.Key, kept.Probabilities); // scores until the softmax below
        DropoutMask mask = new(settings.Seed, settings.AttentionDropout, settings.FirstRow * shape.Heads);
        Tensor attended = mask.IsActive ? scratch.Attended : kept.Probabilities;
        AttentionSoftmax.Arguments softmax = new()
        {
            Rows = shape.Rows * shape.Heads,
            Keys = (int)shape.Tokens,
            RowsPerSequence = shape.Heads * shape.Tokens,
            KeyBias = settings.KeyBias is null ? null : (float*)Data(settings.KeyBias),
            Mask = mask,
            Scores = Data(kept.Probabilities),
            Probabilities = Data(kept.Probabilities),
            Dropped = Data(attended),
        };
        AttentionSoftmax.Forward<T>(ref softmax);

        MatrixProducts.MultiplyEach(attended, kept.Value, scratch.ContextHeads); // (batch x heads, tokens, size)
        HeadLayout.Arguments merge = new()
        {
            Batch = shape.Batch,
            Tokens = shape.Tokens,
            Heads = shape.Heads,
            Size = shape.HeadSize,
            Parts = 1,
            FirstScale = 1,
            Rows = Data(kept.Context),
            Part0 = Data(scratch.ContextHeads),
        };
        HeadLayout.Merge<T>(ref merge);
    }

    private static void AddAndNormalize<T>(
        Tensor residual,
        Tensor branch,
        Tensor branchBias,
        Tensor weight,
        Tensor bias,
        EncoderLayerSettings settings,
        DropoutMask mask,
        Tensor sum,
        Tensor statistics,
        Tensor output)
        where T : struct, IElement
    {
        long rows = sum.size(0);
        float* mean = (float*)Data(statistics);
        ResidualLayerNorm.ForwardArguments arguments = new()
        {
            Rows = rows,
            Width = (int)sum.size(1),
            Epsilon = (float)settings.LayerNormEpsilon,
            Mask = mask,
            Residual = Data(residual),
            Branch = Data(branch),
            BranchBias = (float*)Data(branchBias),
            Weight = (float*)Data(weight),
            Bias = (float*)Data(bias),
            Sum = Data(sum),
            Output = Data(output),
            Mean = mean,
            InverseStd = mean + statistics.stride(0),
        };
        ResidualLayerNorm.Forward<T>(ref arguments);
    }

    private static void* Data(Tensor tensor) => (void*)Aten.DataPointer(tensor);
}
