using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The backward pass of a fused encoder layer.</summary>
internal static unsafe class EncoderLayerBackward
{
    /// <summary>
    /// Adds to the gradients of the parameters. The gradient of the layer's input is left as the sum of <see cref="EncoderScratch.Residual"/>
    /// and <see cref="EncoderScratch.GradLower"/>, which the layer below adds while it reads them.
    /// </summary>
    /// <param name="input">(rows, hidden)</param>
    /// <param name="parameters">float32.</param>
    /// <param name="gradients">float32, added to; null where none is wanted.</param>
    /// <param name="settings">Of this layer.</param>
    /// <param name="workspace">Holds the layer's activations.</param>
    /// <param name="weights">The parameters in the dtype of the products.</param>
    /// <param name="layer">Which one.</param>
    /// <param name="gradOutput">(rows, hidden)</param>
    /// <param name="gradOutput2">(rows, hidden), added to the first; null for none.</param>
    public static void Run<T>(
        Tensor input,
        EncoderLayerParameters<Tensor> parameters,
        EncoderLayerParameters<Tensor?> gradients,
        EncoderLayerSettings settings,
        EncoderWorkspace workspace,
        EncoderLayerWeights weights,
        int layer,
        Tensor gradOutput,
        Tensor? gradOutput2)
        where T : struct, IElement
    {
        EncoderShape shape = workspace.Shape;
        (EncoderLayerActivations kept, EncoderScratch scratch) = (workspace.Activations(layer), workspace.Scratch);
        DropoutMask outputMask = new(settings.Seed + 2, settings.HiddenDropout), attentionMask = new(settings.Seed + 1, settings.HiddenDropout);

        Normalize<T>(
            kept.OutputSum, kept.OutputStatistics, parameters.OutputNormWeight, gradOutput, gradOutput2, outputMask, scratch,
            gradients.OutputNormWeight, gradients.OutputNormBias, gradients.OutputBias);
        Tensor branch = outputMask.IsActive ? scratch.Branch : scratch.Residual;
        MatrixProducts.Multiply(branch, weights.Output.Values, scratch.GradActivated); // (rows, intermediate)
        BiasGelu.Arguments gelu = new()
        {
            Rows = shape.Rows,
            Width = (int)shape.Intermediate,
            Input = Data(kept.Intermediate),
            Bias = (float*)Data(parameters.IntermediateBias),
            GradOutput = Data(scratch.GradActivated),
            Output = Data(scratch.GradActivated),
            Activated = Data(scratch.Activated),
        };
        BiasGelu.Backward<T>(ref gelu, (float*)Data(gradients.IntermediateBias));
        AddWeight<T>(branch, scratch.Activated, scratch.GradOutputWeight, gradients.OutputWeight);
        MatrixProducts.Multiply(scratch.GradActivated, weights.Intermediate.Values, scratch.GradLower); // (rows, hidden)
        AddWeight<T>(scratch.GradActivated, kept.AttentionResult, scratch.GradIntermediateWeight, gradients.IntermediateWeight);

        Normalize<T>(
            kept.AttentionSum, kept.AttentionStatistics, parameters.AttentionNormWeight, scratch.Residual, scratch.GradLower, attentionMask,
            scratch, gradients.AttentionNormWeight, gradients.AttentionNormBias, gradients.AttentionOutputBias);
        branch = attentionMask.IsActive ? scratch.Branch : scratch.Residual;
        MatrixProducts.Multiply(branch, weights.AttentionOutput.Values, scratch.GradContext); // (rows, hidden)
        AddWeight<T>(branch, kept.Context, scratch.GradHiddenWeight, gradients.AttentionOutputWeight);

        Attend<T>(shape, settings, kept, scratch, gradients);
        AddQkvWeights<T>(shape, input, scratch, gradients);
        MatrixProducts.Multiply(scratch.Projected, weights.Qkv.Values, scratch.GradLower); // (rows, hidden)
    }

    /// <summary>From the gradient of the context to those of query, key and value side by side in <see cref="EncoderScratch.Projected"/>.</summary>
    private static void Attend<T>(
        EncoderShape shape,
        EncoderLayerSettings settings,
        EncoderLayerActivations kept,
        EncoderScratch scratch,
        EncoderLayerParameters<Tensor?> gradients)
        where T : struct, IElement
    {
        HeadLayout.Arguments split = new()
        {
            Batch = shape.Batch,
            Tokens = shape.Tokens,
            Heads = shape.Heads,
            Size = shape.HeadSize,
            Parts = 1,
            FirstScale = 1,
            Rows = Data(scratch.GradContext),
            Part0 = Data(scratch.ContextHeads),
        };
        HeadLayout.Split<T>(ref split);
        MatrixProducts.MultiplyEachByTransposed(scratch.ContextHeads, kept.Value, scratch.GradScores); // (batch x heads, tokens, tokens)
        DropoutMask mask = new(settings.Seed, settings.AttentionDropout);
        Tensor attended = mask.IsActive ? scratch.Attended : kept.Probabilities;
        AttentionSoftmax.Arguments softmax = new()
        {
            Rows = shape.Rows * shape.Heads,
            Keys = (int)shape.Tokens,
            RowsPerSequence = shape.Heads * shape.Tokens,
            Mask = mask,
            Scores = Data(scratch.GradScores),
            Probabilities = Data(kept.Probabilities),
            Dropped = Data(attended),
        };
        AttentionSoftmax.Backward<T>(ref softmax);
        MatrixProducts.MultiplyEachTransposed(attended, scratch.ContextHeads, scratch.GradValue); // (batch x heads, tokens, size)
        MatrixProducts.MultiplyEach(scratch.GradScores, kept.Key, scratch.GradQuery);
        MatrixProducts.MultiplyEachTransposed(scratch.GradScores, kept.Query, scratch.GradKey);
        HeadLayout.Arguments merge = new()
        {
            Batch = shape.Batch,
            Tokens = shape.Tokens,
            Heads = shape.Heads,
            Size = shape.HeadSize,
            Parts = 3,
            FirstScale = (float)(1 / Math.Sqrt(shape.HeadSize)),
            Rows = Data(scratch.Projected),
            Part0 = Data(scratch.GradQuery),
            Part1 = Data(scratch.GradKey),
            Part2 = Data(scratch.GradValue),
        };
        HeadLayout.Merge<T>(
            ref merge, (float*)Data(gradients.QueryBias), (float*)Data(gradients.KeyBias), (float*)Data(gradients.ValueBias));
    }

    /// <summary>Leaves the gradient of what was summed in <see cref="EncoderScratch.Residual"/>, through the dropout in Branch.</summary>
    private static void Normalize<T>(
        Tensor sum,
        Tensor statistics,
        Tensor weight,
        Tensor gradOutput,
        Tensor? gradOutput2,
        DropoutMask mask,
        EncoderScratch scratch,
        Tensor? gradWeight,
        Tensor? gradBias,
        Tensor? gradBranchBias)
        where T : struct, IElement
    {
        long rows = sum.size(0);
        float* mean = (float*)Data(statistics);
        ResidualLayerNorm.BackwardArguments arguments = new()
        {
            Rows = rows,
            Width = (int)sum.size(1),
            Mask = mask,
            Sum = Data(sum),
            Mean = mean,
            InverseStd = mean + rows,
            Weight = (float*)Data(weight),
            GradOutput = Data(gradOutput),
            GradOutput2 = Data(gradOutput2),
            GradResidual = Data(scratch.Residual),
            GradBranch = Data(scratch.Branch),
        };
        ResidualLayerNorm.Backward<T>(ref arguments, (float*)Data(gradWeight), (float*)Data(gradBias), (float*)Data(gradBranchBias));
    }

    /// <summary>Adds gradOutputᵀ input to the gradient of a weight (outputs, inputs).</summary>
    private static void AddWeight<T>(Tensor gradOutput, Tensor input, Tensor product, Tensor? gradient)
        where T : struct, IElement
    {
        if (gradient is null) return;
        MatrixProducts.MultiplyTransposed(gradOutput, input, product);
        GradientSum.Add<T>(Data(product), (float*)Data(gradient), gradient.numel());
    }

    /// <summary>The same for query, key and value, whose gradients are one product.</summary>
    private static void AddQkvWeights<T>(EncoderShape shape, Tensor input, EncoderScratch scratch, EncoderLayerParameters<Tensor?> gradients)
        where T : struct, IElement
    {
        if (gradients.QueryWeight is null && gradients.KeyWeight is null && gradients.ValueWeight is null) return;
        MatrixProducts.MultiplyTransposed(scratch.Projected, input, scratch.GradQkvWeight); // (3 hidden, hidden)
        byte* product = (byte*)Data(scratch.GradQkvWeight);
        long count = shape.Hidden * shape.Hidden, bytes = count * (shape.Dtype == ScalarType.BFloat16 ? 2 : 4);
        if (gradients.QueryWeight is { } query) GradientSum.Add<T>(product, (float*)Data(query), count);
        if (gradients.KeyWeight is { } key) GradientSum.Add<T>(product + bytes, (float*)Data(key), count);
        if (gradients.ValueWeight is { } value) GradientSum.Add<T>(product + (2 * bytes), (float*)Data(value), count);
    }

    private static void* Data(Tensor? tensor) => tensor is null ? null : (void*)Aten.DataPointer(tensor);
}
