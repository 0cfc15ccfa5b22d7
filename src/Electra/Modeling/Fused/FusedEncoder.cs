using Electra.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>
/// All layers of an encoder on a CPU as a single autograd node: libtorch's matrix products, own kernels for everything between them, and
/// a backward pass written out, on buffers that are kept from step to step.
/// </summary>
internal sealed class FusedEncoder : CustomNode<FusedEncoder>
{
    private const string PassKey = "pass";

    /// <summary>Runs the layers.</summary>
    /// <param name="hidden">float32 or bfloat16 (batch, tokens, hidden).</param>
    /// <param name="pass">The rest; its shape must be that of <paramref name="hidden"/>.</param>
    /// <returns>As <paramref name="hidden"/>, or (batch, 1, hidden) if the pass says so.</returns>
    public static Tensor Run(Tensor hidden, EncoderPass pass)
    {
        if (pass.Shape.Keeping != ActivationKeeping.None)
        {
            IEnumerable<Tensor> tracked = pass.Gradients is null ? pass.AllParameters : ParameterGradients.StandIn(hidden, pass.AllParameters);
            return apply([hidden, .. tracked, pass]);
        }

        using var scope = NewDisposeScope();
        Tensor output = Forward(hidden, pass, pass.Settings);
        pass.End();
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Forward(AutogradContext ctx, object[] vars)
    {
        using var scope = NewDisposeScope();
        (var hidden, var pass) = ((Tensor)vars[0], (EncoderPass)vars[^1]);
        ctx.save_for_backward([hidden, pass.Settings[0].KeyBias!]);
        ctx.save_data(PassKey, pass);
        return Forward(hidden, pass, pass.Settings).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override List<Tensor> Backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pass = (EncoderPass)ctx.get_data(PassKey);
        List<Tensor> saved = ctx.get_saved_variables();
        // A graph that is gone through again finds its buffers given back: the same seeds compute the same activations.
        if (pass.Workspace is null) Forward(saved[0], pass, [.. pass.Settings.Select(layer => layer with { KeyBias = saved[1] })]);
        IReadOnlyList<EncoderLayerParameters<Tensor?>> gradients = pass.Gradients ?? [.. pass.Parameters.Select(layer => layer.Map(ParameterGradients.Fresh))];
        Tensor? input = pass.Shape.Dtype == ScalarType.BFloat16
            ? Backward<BFloat16Element>(saved[0], saved[1], grad_output, pass, gradients)
            : Backward<Float32Element>(saved[0], saved[1], grad_output, pass, gradients);
        pass.End();
        List<Tensor> result = [input?.MoveToOuterDisposeScope()!];
        if (pass.Gradients is null) result.AddRange(gradients.SelectMany(layer => layer.ToArray()).Select(t => t?.MoveToOuterDisposeScope()!));
        return [.. result, null!, null!]; // the parameter that stands for all, where there is one, and the pass
    }

    private static Tensor Forward(Tensor hidden, EncoderPass pass, IReadOnlyList<EncoderLayerSettings> settings) =>
        pass.Shape.Dtype == ScalarType.BFloat16
            ? Forward<BFloat16Element>(hidden, pass, settings)
            : Forward<Float32Element>(hidden, pass, settings);

    private static Tensor Forward<T>(Tensor hidden, EncoderPass pass, IReadOnlyList<EncoderLayerSettings> settings)
        where T : struct, IElement
    {
        EncoderShape shape = pass.Shape;
        (EncoderWorkspace workspace, EncoderWeights weights) = pass.Begin();
        Tensor result = empty(shape.Batch, pass.FirstOnly ? 1 : shape.Tokens, shape.Hidden, shape.Dtype);
        Tensor input = Rows(hidden, shape), last = result.view(-1, shape.Hidden);
        if (workspace.Ranges.Count >= Aten.ThreadCount)
        {
            PartwiseForward.Run<T>(input, pass, settings, last);
            return result;
        }

        for (int layer = 0; layer < shape.Layers; layer++)
        {
            if (pass.FirstOnly && layer == shape.Layers - 1)
            {
                EncoderLayerForward.RunFirst<T>(
                    input, pass.Parameters[layer], settings[layer], shape, weights[layer], workspace.Activations(layer), workspace.Scratch,
                    workspace.FirstTokens, last);
                break;
            }

            Tensor output = layer == shape.Layers - 1 ? last : workspace.Output(layer);
            EncoderLayerForward.Run<T>(
                input, pass.Parameters[layer], settings[layer], shape, weights[layer], workspace.Activations(layer), workspace.Scratch, output);
            input = output;
        }

        return result;
    }

    /// <summary>Adds to the gradients of the parameters and gives that of the input, or null when it wants none.</summary>
    private static Tensor? Backward<T>(
        Tensor hidden,
        Tensor? keyBias,
        Tensor gradOutput,
        EncoderPass pass,
        IReadOnlyList<EncoderLayerParameters<Tensor?>> gradients)
        where T : struct, IElement
    {
        EncoderShape shape = pass.Shape;
        (EncoderWorkspace workspace, EncoderWeights weights) = (pass.Workspace!, pass.Weights!);
        EncoderScratch scratch = workspace.Scratch;
        Tensor upper = Rows(gradOutput, shape), first = Rows(hidden, shape);
        Tensor? upper2 = null;
        int lowest = hidden.requires_grad ? 0 : LowestTrained(gradients);
        for (int layer = shape.Layers - 1; layer >= lowest; layer--)
        {
            Tensor input = layer == 0 ? first : workspace.Output(layer - 1);
            if (shape.Keeping == ActivationKeeping.LayerInputs)
            {
                // The output is known; GradContext is free until the backward pass of this layer writes it.
                EncoderLayerSettings settings = pass.Settings[layer] with { KeyBias = keyBias };
                EncoderLayerForward.Run<T>(
                    input, pass.Parameters[layer], settings, shape, weights[layer], workspace.Activations(layer), scratch,
                    scratch.GradContext);
            }

            EncoderLayerBackward.Run<T>(
                input, pass.Parameters[layer], gradients[layer], pass.Settings[layer], workspace, weights[layer], layer, upper, upper2);
            pass.LayerDone?.Invoke(layer);
            (upper, upper2) = (scratch.Residual, scratch.GradLower);
        }

        return hidden.requires_grad ? scratch.Residual.add(scratch.GradLower, Scalars.One).view(shape.Batch, shape.Tokens, shape.Hidden) : null;
    }

    private static int LowestTrained(IReadOnlyList<EncoderLayerParameters<Tensor?>> gradients)
    {
        int layer = 0;
        while (layer < gradients.Count && gradients[layer].ToArray().All(gradient => gradient is null)) layer++;
        return layer;
    }

    private static Tensor Rows(Tensor hidden, EncoderShape shape) => hidden.contiguous().view(shape.Rows, shape.Hidden);
}
