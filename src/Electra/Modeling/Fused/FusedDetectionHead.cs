using Electra.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>Dense, gelu and the product with one vector on a CPU as one node: the logits of replaced token detection.</summary>
internal sealed class FusedDetectionHead : CustomNode<FusedDetectionHead>
{
    private const string ParametersKey = "parameters", GradientsKey = "gradients";

    /// <summary>Judges each token.</summary>
    /// <param name="hidden">float32 or bfloat16 (batch, seq, hidden)</param>
    /// <param name="parameters">float32</param>
    /// <param name="gradients">Where the backward pass adds their gradients; null to hand those to autograd.</param>
    /// <returns>float32 (batch, seq)</returns>
    public static Tensor Run(Tensor hidden, DetectionHeadParameters<Tensor> parameters, DetectionHeadParameters<Tensor?>? gradients)
    {
        Tensor[] tracked = parameters.ToArray();
        if (gradients is not null) tracked = ParameterGradients.StandIn(hidden, tracked);
        return apply([hidden, .. tracked, parameters, gradients is null ? false : gradients]);
    }

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(AutogradContext ctx, object[] vars)
    {
        using var scope = NewDisposeScope();
        (var hidden, var parameters) = ((Tensor)vars[0], (DetectionHeadParameters<Tensor>)vars[^2]);
        (long batch, long tokens, long width) = (hidden.size(0), hidden.size(1), hidden.size(2));
        Tensor rows = hidden.contiguous().view(batch * tokens, width), weight = Casting.Cast(parameters.DenseWeight, hidden.dtype);
        Tensor projected = empty(batch * tokens, width, hidden.dtype), output = empty(batch, tokens);
        MatrixProducts.MultiplyByTransposed(rows, weight, projected);
        GeluProjection.Arguments arguments = Arguments(parameters, projected, output);
        if (hidden.dtype == ScalarType.BFloat16) GeluProjection.Forward<BFloat16Element>(ref arguments);
        else GeluProjection.Forward<Float32Element>(ref arguments);
        ctx.save_for_backward([hidden, projected.MoveToOuterDisposeScope()]);
        ctx.save_data(ParametersKey, parameters);
        ctx.save_data(GradientsKey, vars[^1]);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override unsafe List<Tensor> Backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parameters = (DetectionHeadParameters<Tensor>)ctx.get_data(ParametersKey);
        var inPlace = ctx.get_data(GradientsKey) as DetectionHeadParameters<Tensor?>?;
        DetectionHeadParameters<Tensor?> gradients = inPlace ?? parameters.Map(ParameterGradients.Fresh);
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor hidden, Tensor projected, Tensor gradLogits) = (saved[0], saved[1], grad_output.contiguous());
        Tensor gradProjected = empty_like(projected);
        GeluProjection.Arguments arguments = Arguments(parameters, projected, gradLogits);
        arguments.GradInput = Data(gradProjected);
        float* gradBias = (float*)Data(gradients.DenseBias), gradWeights = (float*)Data(gradients.PredictionWeight);
        if (hidden.dtype == ScalarType.BFloat16) GeluProjection.Backward<BFloat16Element>(ref arguments, gradBias, gradWeights);
        else GeluProjection.Backward<Float32Element>(ref arguments, gradBias, gradWeights);
        gradients.PredictionBias?.add_(gradLogits.sum(), Scalars.One);
        if (gradients.DenseWeight is { } gradDense) AddDense(gradProjected, hidden.contiguous().view(projected.shape), gradDense);
        IEnumerable<Tensor> handed = inPlace is null ? gradients.ToArray().Select(t => t?.MoveToOuterDisposeScope()!) : [null!];
        return [InputGradient(hidden, gradProjected, parameters.DenseWeight)?.MoveToOuterDisposeScope()!, .. handed, null!, null!];
    }

    private static unsafe void AddDense(Tensor gradProjected, Tensor rows, Tensor gradient)
    {
        Tensor product = empty(gradient.shape, rows.dtype);
        MatrixProducts.MultiplyTransposed(gradProjected, rows, product);
        if (rows.dtype == ScalarType.BFloat16) GradientSum.Add<BFloat16Element>(Data(product), (float*)Data(gradient), product.numel());
        else GradientSum.Add<Float32Element>(Data(product), (float*)Data(gradient), product.numel());
    }

    private static Tensor? InputGradient(Tensor hidden, Tensor gradProjected, Tensor denseWeight)
    {
        if (!hidden.requires_grad) return null; // all below is frozen
        Tensor gradient = empty_like(gradProjected);
        MatrixProducts.Multiply(gradProjected, Casting.Cast(denseWeight, hidden.dtype), gradient);
        return gradient.view(hidden.shape);
    }

    private static unsafe GeluProjection.Arguments Arguments(DetectionHeadParameters<Tensor> parameters, Tensor projected, Tensor output) => new()
    {
        Rows = projected.size(0),
        Width = (int)projected.size(1),
        Input = Data(projected),
        Bias = (float*)Data(parameters.DenseBias),
        Weights = (float*)Data(parameters.PredictionWeight),
        OutputBias = *(float*)Data(parameters.PredictionBias),
        Output = (float*)Data(output),
    };

    private static unsafe void* Data(Tensor? tensor) => tensor is null ? null : (void*)Aten.DataPointer(tensor);
}
