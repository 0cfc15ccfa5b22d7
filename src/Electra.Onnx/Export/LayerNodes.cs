namespace Electra.Onnx;

/// <summary>Puts layers into a graph, with the weights of a model in the form that is wanted.</summary>
/// <param name="graph">Where to.</param>
/// <param name="weights">The model's.</param>
/// <param name="options">The form.</param>
internal sealed class LayerNodes(OnnxGraph graph, ModelWeights weights, OnnxExportOptions options)
{
    private readonly Dictionary<string, string[]> _rounded = []; // of a value: its 8 bits, their scale, their zero

    /// <summary>Whether the products of attention are in 8 bits too.</summary>
    public bool QuantizesAttention => IsInt8 && options.QuantizesAttention;

    private bool IsInt8 => options.Weights == OnnxWeights.Int8;

    /// <summary>An affine map of the last dimension.</summary>
    /// <param name="input">(..., inputs)</param>
    /// <param name="layer">The name of the layer, which has weight and bias.</param>
    public string Linear(string input, string layer)
    {
        string name = $"{layer}.weight";
        string product = IsInt8 ? QuantizedProduct(input, name) : graph.Node("MatMul", [input, Matrix(name)]);
        return graph.Node("Add", [product, Vector($"{layer}.bias")]); // (..., outputs)
    }

    /// <summary>Layer normalisation over the last dimension.</summary>
    public string LayerNorm(string input, string layer, double epsilon) => graph.Node(
        "LayerNormalization", [input, Vector($"{layer}.weight"), Vector($"{layer}.bias")], ("axis", -1L), ("epsilon", (float)epsilon));

    /// <summary>Rows of a table, (ids..., width).</summary>
    public string Rows(string table, string ids) => graph.Node("Gather", [Table(table), ids], ("axis", 0L));

    /// <summary>Rows of the word table, which may be kept in 8 bits.</summary>
    public string WordRows(string table, string ids)
    {
        if (!IsInt8 || !options.QuantizesWordTable) return Rows(table, ids);
        (string values, string scales) = QuantizedTable(table);
        string rows = graph.Node("Cast", [graph.Node("Gather", [values, ids], ("axis", 0L))], ("to", (long)graph.Real));
        string scale = graph.Node("Unsqueeze", [graph.Node("Gather", [scales, ids], ("axis", 0L)), graph.Numbers(-1)]);
        return graph.Node("Mul", [rows, scale]);
    }

    /// <summary>The map to words whose matrix is the word table, which the graph has once where the form allows that.</summary>
    /// <param name="input">(..., width)</param>
    /// <param name="table">The name of the word table.</param>
    /// <param name="bias">The name of the bias.</param>
    public string Words(string input, string table, string bias)
    {
        string product;
        if (!IsInt8)
        {
            product = graph.Node("MatMul", [input, graph.Node("Transpose", [Table(table)], ("perm", new long[] { 1, 0 }))]);
        }
        else if (options.QuantizesWordTable)
        {
            (string values, string scales) = QuantizedTable(table);
            string matrix = graph.Node("Transpose", [values], ("perm", new long[] { 1, 0 }));
            product = IntegerProduct(input, matrix, scales);
        }
        else
        {
            product = QuantizedProduct(input, table);
        }

        return graph.Node("Add", [product, Vector(bias)]); // (..., vocab)
    }

    /// <summary>A value in bytes from 0 to 255, by the range that it has in the pass.</summary>
    /// <returns>The bytes, their scale and the byte that stands for 0.</returns>
    public (string Values, string Scale, string Zero) Bytes(string input)
    {
        if (!_rounded.TryGetValue(input, out string[]? rounded)) _rounded.Add(input, rounded = graph.Nodes("DynamicQuantizeLinear", [input], 3));
        return (rounded[0], rounded[1], rounded[2]);
    }

    /// <summary>A value in bytes with a sign, where 0 stands for 0: on the right of a product ONNX Runtime is twice as fast with these (x64).</summary>
    /// <param name="input">The value.</param>
    /// <param name="most">Which byte the number that is largest by its size becomes.</param>
    /// <returns>The bytes and their scale, which is 0 where all numbers are.</returns>
    public (string Values, string Scale) SignedBytes(string input, int most = QuantizedRows.Largest)
    {
        string largest = graph.Node("ReduceMax", [graph.Node("Abs", [input])], ("keepdims", 0L));
        string scale = graph.Node("Mul", [largest, graph.Number(1.0 / most)]);
        const string zero = "zero_byte"; // which says the type as well
        if (!graph.HasInitializer(zero)) graph.Initializer(zero, OnnxDataType.Int8, [], new byte[1]);
        return (graph.Node("QuantizeLinear", [input, scale, zero]), scale);
    }

    /// <summary>A product of bytes as numbers: operators of which ONNX Runtime makes one.</summary>
    /// <param name="left">uint8 (..., rows, inner)</param>
    /// <param name="leftScale">Without dimensions.</param>
    /// <param name="leftZero">The byte that stands for 0; null: 0 does.</param>
    /// <param name="right">int8 (..., inner, columns)</param>
    /// <param name="rightScale">Without dimensions, or one a column.</param>
    public string Product(string left, string leftScale, string? leftZero, string right, string rightScale)
    {
        string product = graph.Node("MatMulInteger", leftZero is null ? [left, right] : [left, right, leftZero]);
        return graph.Node("Mul", [graph.Node("Cast", [product], ("to", (long)graph.Real)), graph.Node("Mul", [leftScale, rightScale])]);
    }

    /// <summary>A table as the model has it.</summary>
    public string Table(string name) => graph.HasInitializer(name) ? name : graph.Weights(name, weights.Read(name), weights.Shape(name));

    private string Vector(string name) => graph.Weights(name, weights.Read(name), weights.Shape(name));

    // (outputs, inputs) as (inputs, outputs)
    private string Matrix(string name)
    {
        long[] shape = weights.Shape(name);
        return graph.Weights($"{name}.T", weights.ReadTransposed(name), shape[1], shape[0]);
    }

    private (string Values, string Scales) QuantizedTable(string name)
    {
        (string values, string scales) = ($"{name}.int8", $"{name}.scales");
        if (graph.HasInitializer(values)) return (values, scales);
        long[] shape = weights.Shape(name);
        QuantizedRows rows = QuantizedRows.Of(weights.Read(name), shape[0]);
        graph.Initializer(values, OnnxDataType.Int8, shape, rows.Bytes());
        graph.Weights(scales, rows.Scales, shape[0]);
        return (values, scales);
    }

    private string QuantizedProduct(string input, string name)
    {
        long[] shape = weights.Shape(name);
        QuantizedRows rows = QuantizedRows.Of(weights.Read(name), shape[0]); // (outputs, inputs): a scale for each output
        string matrix = graph.Initializer($"{name}.T.int8", OnnxDataType.Int8, [shape[1], shape[0]], rows.Transposed());
        return IntegerProduct(input, matrix, graph.Weights($"{name}.T.scales", rows.Scales, shape[0]));
    }

    private string IntegerProduct(string input, string matrix, string scales)
    {
        (string values, string scale, string zero) = Bytes(input);
        return Product(values, scale, zero, matrix, scales);
    }
}
