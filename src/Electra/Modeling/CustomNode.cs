using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>An autograd node of this library, whose backward pass may fail without ending the process: see <see cref="BackwardPass"/>.</summary>
internal abstract class CustomNode<TSelf> : SingleTensorFunction<TSelf>
    where TSelf : CustomNode<TSelf>, new()
{
    private const string InputsKey = "is a tensor";

    /// <inheritdoc/>
    public override string Name => typeof(TSelf).Name;

    /// <inheritdoc/>
    public sealed override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(InputsKey, Array.ConvertAll(vars, input => input is Tensor { IsInvalid: false }));
        return Forward(ctx, vars);
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        try
        {
            return Backward(ctx, grad_output);
        }
        catch (Exception exception)
        {
            return BackwardPass.Fail(exception, (bool[])ctx.get_data(InputsKey));
        }
    }

    /// <summary>What <see cref="SingleTensorFunction{T}.forward"/> is to do.</summary>
    protected abstract Tensor Forward(AutogradContext ctx, object[] vars);

    /// <summary>What <see cref="SingleTensorFunction{T}.backward"/> is to do.</summary>
    protected abstract List<Tensor> Backward(AutogradContext ctx, Tensor grad_output);
}
