using Electra.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The activation functions of <c>hidden_act</c> and <c>summary_activation</c>.</summary>
internal static class Activations
{
    /// <summary>The function of that name; null is the identity.</summary>
    public static Func<Tensor, Tensor> Get(string? name) => name switch
    {
        null => x => x,
        "gelu" or "gelu_python" => Gelu,
        "gelu_10" => x => x.gelu().clamp(Scalars.Of(-10), Scalars.Of(10)),
        "gelu_accurate" or "gelu_fast" or "gelu_new" or "gelu_python_tanh" or "gelu_pytorch_tanh" => x => x.gelu(GELU.Approximate.tanh),
        "laplace" => Laplace,
        "leaky_relu" => x => x.leaky_relu(Scalars.Of(0.01)),
        "linear" => x => x,
        "mish" => Mish,
        "quick_gelu" => x => x * x.mul(Scalars.Of(1.702)).sigmoid(),
        "relu" => x => x.relu(),
        "relu2" => x => x.relu().pow(Scalars.Of(2)),
        "relu6" => x => x.relu6(),
        "sigmoid" => x => x.sigmoid(),
        "silu" or "swish" => x => x.silu(),
        "tanh" => x => x.tanh(),
        _ => throw new ArgumentException($"No activation is named '{name}'.", nameof(name)),
    };

    /// <summary>The erf form.</summary>
    public static Tensor Gelu(Tensor x) => x.gelu();

    private static Tensor Mish(Tensor x) => x * x.neg().log_sigmoid().neg().tanh();

    private static Tensor Laplace(Tensor x) =>
        x.sub(Scalars.Of(0.707107)).div(Scalars.Of(0.282095 * Math.Sqrt(2))).erf().add(Scalars.Of(1), Scalars.One).mul(Scalars.Of(0.5));
}
