namespace Electra.Onnx;

/// <summary>Puts activation functions into a graph, by the names that <c>config.json</c> has for them.</summary>
internal static class ActivationNodes
{
    /// <summary>Adds the function of that name; null is the identity.</summary>
    /// <exception cref="NotSupportedException">There is none of that name here.</exception>
    public static string Add(OnnxGraph graph, string input, string? name) => name switch
    {
        null or "linear" => input,
        "gelu" or "gelu_python" => Gelu(graph, input),
        "gelu_10" => Clip(graph, Gelu(graph, input), -10, 10),
        "gelu_accurate" or "gelu_fast" or "gelu_new" or "gelu_python_tanh" or "gelu_pytorch_tanh" => TanhGelu(graph, input),
        "laplace" => Laplace(graph, input),
        "leaky_relu" => graph.Node("LeakyRelu", [input], ("alpha", 0.01f)),
        "mish" => graph.Node("Mul", [input, graph.Node("Tanh", [graph.Node("Softplus", [input])])]),
        "quick_gelu" => Gated(graph, input, graph.Node("Mul", [input, graph.Number(1.702)])),
        "relu" => graph.Node("Relu", [input]),
        "relu2" => Squared(graph, graph.Node("Relu", [input])),
        "relu6" => Clip(graph, input, 0, 6),
        "sigmoid" => graph.Node("Sigmoid", [input]),
        "silu" or "swish" => Gated(graph, input, input),
        "tanh" => graph.Node("Tanh", [input]),
        _ => throw new NotSupportedException($"The activation '{name}' has no form in ONNX here; there are {string.Join(", ", Configuration.ElectraConfig.SupportedActivations)}."),
    };

    /// <summary>Adds the erf form of gelu, of these operators in this order: as such ONNX Runtime finds it and makes it one.</summary>
    public static string Gelu(OnnxGraph graph, string input)
    {
        string erf = graph.Node("Erf", [graph.Node("Div", [input, graph.Number(Math.Sqrt(2))])]);
        string product = graph.Node("Mul", [input, graph.Node("Add", [erf, graph.Number(1)])]);
        return graph.Node("Mul", [product, graph.Number(0.5)]);
    }

    // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), of these operators in this order for the same reason.
    private static string TanhGelu(OnnxGraph graph, string input)
    {
        string cubic = graph.Node("Mul", [graph.Node("Pow", [input, graph.Number(3)]), graph.Number(0.044715)]);
        string inner = graph.Node("Mul", [graph.Node("Add", [input, cubic]), graph.Number(Math.Sqrt(2 / Math.PI))]);
        string twice = graph.Node("Add", [graph.Node("Tanh", [inner]), graph.Number(1)]);
        return graph.Node("Mul", [graph.Node("Mul", [input, graph.Number(0.5)]), twice]);
    }

    private static string Laplace(OnnxGraph graph, string input)
    {
        string standard = graph.Node("Div", [graph.Node("Sub", [input, graph.Number(0.707107)]), graph.Number(0.282095 * Math.Sqrt(2))]);
        return graph.Node("Mul", [graph.Node("Add", [graph.Node("Erf", [standard]), graph.Number(1)]), graph.Number(0.5)]);
    }

    private static string Gated(OnnxGraph graph, string input, string gate) => graph.Node("Mul", [input, graph.Node("Sigmoid", [gate])]);

    private static string Squared(OnnxGraph graph, string input) => graph.Node("Mul", [input, input]);

    private static string Clip(OnnxGraph graph, string input, double from, double to) =>
        graph.Node("Clip", [input, graph.Number(from), graph.Number(to)]);
}
