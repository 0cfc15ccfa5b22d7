using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>
/// A composed layer, on any device, that keeps its input only: the backward pass runs the layer again, with the same dropout, and goes back
/// through that run.
/// </summary>
internal sealed class RecomputedLayer : CustomNode<RecomputedLayer>
{
    private const string WorkKey = "work";

    // Gradients that libtorch was given by this thread's last call. A dispose scope would keep those of all layers until the step ends, and the
    // thread in which libtorch goes back on CUDA has none.
    [ThreadStatic]
    private static List<Tensor>? handedOver;

    /// <summary>Runs the layer; arguments and result as those of <see cref="ElectraLayer.Compose"/>.</summary>
    public static Tensor Run(ElectraLayer layer, Tensor hidden, LayerContext context) =>
        apply([hidden, .. layer.parameters(), new Work(layer, context, context.Dropout.State)]);

    /// <inheritdoc/>
    protected override Tensor Forward(AutogradContext ctx, object[] vars)
    {
        var (hidden, work) = ((Tensor)vars[0], (Work)vars[^1]);
        LayerContext context = work.Context;
        ctx.save_for_backward([hidden, context.Mask!, context.Packed?.Offsets!]);
        ctx.save_data(WorkKey, work with { Context = context with { KeyBias = null, Mask = null } });
        return Compose(work.Layer, hidden, context);
    }

    /// <inheritdoc/>
    protected override List<Tensor> Backward(AutogradContext ctx, Tensor grad_output)
    {
        using Tensor gradOutput = grad_output;
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var work = (Work)ctx.get_data(WorkKey);
        LayerContext context = work.Context with
        {
            Mask = saved[1],
            Packed = work.Context.Packed?.With(saved[2]),
            Dropout = new DropoutStream(unchecked((long)work.Dropout)),
        };
        bool isFirst = !saved[0].requires_grad; // all below is frozen
        Tensor hidden = saved[0].detach().requires_grad_(!isFirst), output;
        using (enable_grad()) output = Compose(work.Layer, hidden, context);
        Tensor[] parameters = [.. work.Layer.parameters()];
        Tensor[] wanted = [.. isFirst ? [] : new[] { hidden }, .. parameters.Where(parameter => parameter.requires_grad)];
        List<Tensor> given = [.. grad([output], wanted, [gradOutput]).Select(gradient => gradient.DetachFromDisposeScope())];
        handedOver?.ForEach(gradient => gradient.Dispose()); // libtorch has had its own references since that call returned
        handedOver = given;
        var gradients = new Queue<Tensor>(given);
        return [isFirst ? null! : gradients.Dequeue(), .. parameters.Select(parameter => parameter.requires_grad ? gradients.Dequeue() : null!), null!];
    }

    private static Tensor Compose(ElectraLayer layer, Tensor hidden, LayerContext context)
    {
        // CUDA's dropout draws from the device's generator, whose state TorchSharp cannot read: it is set, here and in the second run alike.
        if (hidden.device_type == DeviceType.CUDA && layer.DropsOut) cuda.manual_seed_all(context.Dropout.NextSeed());
        return layer.Compose(hidden, context);
    }

    private sealed record Work(ElectraLayer Layer, LayerContext Context, ulong Dropout);
}
