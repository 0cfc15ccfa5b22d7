using Electra.Configuration;

namespace Electra.Onnx;

/// <summary>Puts attention into a graph with both of its products in 8 bits: queries and values by their ranges in the pass, shares by each row's largest.</summary>
/// <remarks>
/// A mask added to the scores would go once more through the largest values there are. Instead a masked token has the key of the text's first token that
/// is attended to, so that no row's largest share is that of a masked token alone, and the value 0; and a last column of the values, 1 where a token is
/// attended to, sums the shares that count.
/// </remarks>
/// <param name="graph">Where to.</param>
/// <param name="layers">Of the model.</param>
/// <param name="config">Its configuration.</param>
/// <param name="mask">int64 (batch, seq), 0 or 1</param>
internal sealed class QuantizedAttentionNodes(OnnxGraph graph, LayerNodes layers, ElectraConfig config, string mask)
{
    // Not 255: processors without VNNI add products in pairs, which may not exceed 32,767.
    private const int LargestShare = 127;

    // The same in all layers.
    private readonly string _rows = KeyRows(graph, mask), _column = Column(graph, mask, config.NumAttentionHeads);
    private readonly string _attended = graph.Node("Cast", [graph.Node("Unsqueeze", [mask, graph.Numbers(2)])], ("to", (long)graph.Real)); // (batch, seq, 1)
    private string? _shape;

    /// <summary>What each token takes from the others.</summary>
    /// <param name="hidden">(batch, seq, hidden)</param>
    /// <param name="name">Of the layer's attention.</param>
    /// <returns>(batch, seq, hidden)</returns>
    public string Attend(string hidden, string name)
    {
        string shares = Shares(Scores(hidden, name));
        (string value, string scale) = layers.SignedBytes(graph.Node("Mul", [layers.Linear(hidden, $"{name}.value"), _attended]));
        value = graph.Node("Concat", [Turned(Heads(value, 0, 0), 0, 2, 1, 3), _column], ("axis", 3L)); // (batch, heads, seq, size + 1)
        string sums = graph.Node("Cast", [graph.Node("MatMulInteger", [shares, value])], ("to", (long)graph.Real));
        string[] parts = graph.Nodes("Split", [sums, graph.Numbers(config.HeadSize, 1)], 2, ("axis", 3L));
        string whole = graph.Node("Max", [graph.Node("Squeeze", [parts[1], graph.Numbers(3)]), graph.Number(1)]); // of a text that attends to nothing it is 0
        string factor = graph.Node("Unsqueeze", [graph.Node("Div", [scale, whole]), graph.Numbers(3)]);
        string mixed = Turned(graph.Node("Mul", [parts[0], factor]), 0, 2, 1, 3);
        return graph.Node("Reshape", [mixed, graph.Numbers(0, 0, config.HiddenSize)]);
    }

    // (batch, heads, seq, seq)
    private string Scores(string hidden, string name)
    {
        (string query, string queryScale, string zero) = layers.Bytes(layers.Linear(hidden, $"{name}.query"));
        (string key, string keyScale) = layers.SignedBytes(layers.Linear(hidden, $"{name}.key"));
        key = graph.Node("Gather", [Heads(key, -1), _rows], ("axis", 0L));
        string product = graph.Node("MatMulInteger", [Turned(Heads(query, 0, 0), 0, 2, 1, 3), Turned(key, 0, 2, 3, 1), zero]);
        string scale = graph.Node("Mul", [graph.Node("Mul", [queryScale, graph.Number(1 / Math.Sqrt(config.HeadSize))]), keyScale]);
        return graph.Node("Mul", [graph.Node("Cast", [product], ("to", (long)graph.Real)), scale]);
    }

    // uint8 (batch, heads, seq, seq), of each row 127 times what they are of its largest
    private string Shares(string scores)
    {
        _shape ??= graph.Node("Shape", [scores]);
        string rows = graph.Node("Flatten", [graph.Node("Softmax", [scores], ("axis", 3L))], ("axis", 3L));
        string largest = graph.Node("ReduceMax", [rows, graph.Numbers(1)], ("keepdims", 0L));
        string bytes = graph.Node("QuantizeLinear", [rows, graph.Node("Mul", [largest, graph.Number(1.0 / LargestShare)])], ("axis", 0L));
        return graph.Node("Reshape", [bytes, _shape]);
    }

    // (sizes..., heads, size)
    private string Heads(string values, params ReadOnlySpan<long> sizes) =>
        graph.Node("Reshape", [values, graph.Numbers([.. sizes, config.NumAttentionHeads, config.HeadSize])]);

    private string Turned(string values, params long[] order) => graph.Node("Transpose", [values], ("perm", order));

    // For each token the row of its key among all of the batch, (batch, seq).
    private static string KeyRows(OnnxGraph graph, string mask)
    {
        string all = graph.Node("Range", [graph.Scalar(0), graph.Node("Size", [mask]), graph.Scalar(1)]);
        string own = graph.Node("Reshape", [all, graph.Node("Shape", [mask])]);
        string attended = graph.Node("Cast", [mask], ("to", (long)OnnxDataType.Int32));
        string first = graph.Node("ArgMax", [attended], ("axis", 1L), ("keepdims", 1L));
        return graph.Node("Where", [graph.Node("Cast", [mask], ("to", (long)OnnxDataType.Bool)), own, graph.Node("GatherElements", [own, first], ("axis", 1L))]);
    }

    // int8 (batch, heads, seq, 1)
    private static string Column(OnnxGraph graph, string mask, long heads)
    {
        string bytes = graph.Node("Unsqueeze", [graph.Node("Cast", [mask], ("to", (long)OnnxDataType.Int8)), graph.Numbers(1, 3)]);
        return graph.Node("Expand", [bytes, graph.Numbers(1, heads, 1, 1)]);
    }
}
