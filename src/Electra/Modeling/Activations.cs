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
        "gelu" => Gelu,
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => x => x.gelu(GELU.Approximate.tanh),
        "relu" => x => x.relu(),
        "silu" or "swish" => x => x.silu(),
        "tanh" => x => x.tanh(),
        _ => throw new ArgumentException($"No activation is named '{name}'.", nameof(name)),
    };

    /// <summary>The erf form.</summary>
    public static Tensor Gelu(Tensor x) => x.gelu();
}
