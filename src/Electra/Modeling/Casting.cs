using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Where float32 parameters meet activations of the compute dtype.</summary>
internal static class Casting
{
    /// <summary>The tensor itself when it has the dtype already, so that float32 runs pay for no extra handle.</summary>
    public static Tensor Cast(Tensor value, ScalarType dtype) => value.dtype == dtype ? value : value.to(dtype);

    /// <summary><c>input weightᵀ + bias</c> in the dtype of the input.</summary>
    public static Tensor Linear(Tensor input, Parameter weight, Parameter bias, IParameterCopies? copies) =>
        nn.functional.linear(input, ParameterCopies.Of(copies, weight, input.dtype), ParameterCopies.Of(copies, bias, input.dtype));
}
