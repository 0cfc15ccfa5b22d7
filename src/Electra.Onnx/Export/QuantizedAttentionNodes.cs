using Electra.Configuration;

namespace Electra.Onnx;

/// <summary>
/// Puts attention into a graph with both of its products in 8 bits: queries, keys and values by their ranges in the pass, shares by each row's largest.
/// </summary>
/// <remarks>
/// A mask added to the scores would go once more through the largest values there are. Instead a masked token has the key of the text's first token that
/// is attended to, so that no row's largest share is that of a masked token alone, and the value 0; and a last column of the values, 1 where a token is
/// attended to, sums the shares that count. What is masked does belong to the range of the keys.
/// </remarks>
internal sealed class QuantizedAttentionNodes
{
    // Processors without VNNI add products in pairs and cut them at 32,767. What shares lose by rounding is lost to all that a row attends to a little;
    // what values lose averages out. (Scores, like linear layers, are not held to this.)
    private const int LargestShare = 255, LargestValue = 63;

    // Stands for the 0 of values that are all 0: the sums of shares have it as a factor, and are divided by.
    private const double SmallestScale = 1e-30;

    private readonly OnnxGraph _graph;
    private readonly LayerNodes _layers;
    private readonly ElectraConfig _config;

    // The same in all layers.
    private readonly string _rows, _attended, _column;
    private string? _shape;

    /// <summary>Puts in what all layers need.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="layers">Of the model.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="mask">int64 (batch, seq), 0 or 1</param>
    public QuantizedAttentionNodes(OnnxGraph graph, LayerNodes layers, ElectraConfig config, string mask)
    {
        (_graph, _layers, _config) = (graph, layers, config);
        graph.Require(OnnxGraph.OpsetOfBlocks);
        string any = graph.Node("Cast", [graph.Node("ReduceMax", [mask, graph.Numbers(1)], ("keepdims", 1L))], ("to", (long)OnnxDataType.Bool));
        _rows = KeyRows(mask);
        mask = graph.Node("Where", [any, mask, graph.Scalar(1)]); // a text that attends to nothing attends to all, whose keys are the same then
        _attended = graph.Node("Cast", [graph.Node("Unsqueeze", [mask, graph.Numbers(2)])], ("to", (long)graph.Real)); // (batch, seq, 1)
        string bytes = graph.Node("Cast", [graph.Node("Unsqueeze", [mask, graph.Numbers(1, 3)])], ("to", (long)OnnxDataType.Int8));
        _column = graph.Node("Expand", [bytes, graph.Numbers(1, config.NumAttentionHeads, 1, 1)]); // (batch, heads, seq, 1)
    }

    /// <summary>What each token takes from the others.</summary>
    /// <param name="hidden">(batch, seq, hidden)</param>
    /// <param name="name">Of the layer's attention.</param>
    /// <returns>(batch, seq, hidden)</returns>
    public string Attend(string hidden, string name)
    {
        (string query, string queryScale, string queryZero) = _layers.Bytes(_layers.Linear(hidden, $"{name}.query"));
        (string key, string keyScale) = _layers.SignedBytes(_layers.Linear(hidden, $"{name}.key"));
        (string value, string valueScale) = _layers.SignedBytes(_graph.Node("Mul", [_layers.Linear(hidden, $"{name}.value"), _attended]), LargestValue);
        key = _graph.Node("Gather", [Heads(key, -1), _rows], ("axis", 0L));
        value = _graph.Node("Concat", [Turned(Heads(value, 0, 0), 0, 2, 1, 3), _column], ("axis", 3L)); // (batch, heads, seq, size + 1)
        valueScale = _graph.Node("Max", [valueScale, _graph.Number(SmallestScale)]);

        string perScore = _graph.Node("Mul", [queryScale, _graph.Number(1 / Math.Sqrt(_config.HeadSize))]);
        string scores = _layers.Product(Turned(Heads(query, 0, 0), 0, 2, 1, 3), perScore, queryZero, Turned(key, 0, 2, 3, 1), keyScale); // (batch, heads, seq, seq)
        string sums = _layers.Product(Shares(scores), _graph.Number(1.0 / LargestShare), null, value, valueScale);

        string[] parts = _graph.Nodes("Split", [sums, _graph.Numbers(_config.HeadSize, 1)], 2, ("axis", 3L));
        string whole = _graph.Node("Squeeze", [parts[1], _graph.Numbers(3)]); // ONNX Runtime divides one by one where the last dimension is 1
        string factor = _graph.Node("Unsqueeze", [_graph.Node("Div", [valueScale, whole]), _graph.Numbers(3)]);
        string mixed = Turned(_graph.Node("Mul", [parts[0], factor]), 0, 2, 1, 3);
        return _graph.Node("Reshape", [mixed, _graph.Numbers(0, 0, _config.HiddenSize)]);
    }

    // uint8 (batch, heads, seq, seq), 255 for the largest of each row. A row is one block with a scale; ONNX Runtime is as fast with a scale for each index of
    // an axis, but on one thread only.
    private string Shares(string scores)
    {
        _shape ??= _graph.Node("Shape", [scores]);
        string rows = _graph.Node("Flatten", [_graph.Node("Softmax", [scores], ("axis", 3L))], ("axis", 3L));
        string scale = _graph.Node("Mul", [_graph.Node("ReduceMax", [rows, _graph.Numbers(1)], ("keepdims", 1L)), _graph.Number(1.0 / LargestShare)]);
        string bytes = _graph.Node("QuantizeLinear", [rows, scale], ("axis", 1L), ("block_size", (long)_config.MaxPositionEmbeddings));
        return _graph.Node("Reshape", [bytes, _shape]);
    }

    // (sizes..., heads, size)
    private string Heads(string values, params ReadOnlySpan<long> sizes) =>
        _graph.Node("Reshape", [values, _graph.Numbers([.. sizes, _config.NumAttentionHeads, _config.HeadSize])]);

    private string Turned(string values, params long[] order) => _graph.Node("Transpose", [values], ("perm", order));

    // For each token the row of its key among all of the batch, (batch, seq).
    private string KeyRows(string mask)
    {
        string all = _graph.Node("Range", [_graph.Scalar(0), _graph.Node("Size", [mask]), _graph.Scalar(1)]);
        string own = _graph.Node("Reshape", [all, _graph.Node("Shape", [mask])]);
        string attended = _graph.Node("Cast", [mask], ("to", (long)OnnxDataType.Int32));
        string first = _graph.Node("ArgMax", [attended], ("axis", 1L), ("keepdims", 1L));
        return _graph.Node("Where", [_graph.Node("Cast", [mask], ("to", (long)OnnxDataType.Bool)), own, _graph.Node("GatherElements", [own, first], ("axis", 1L))]);
    }
}
