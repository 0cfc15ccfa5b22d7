using Electra.Configuration;

namespace Electra.Onnx;

/// <summary>Puts the encoder into a graph: embeddings, their projection where widths differ, and the layers.</summary>
/// <param name="graph">Where to.</param>
/// <param name="layers">Of the model.</param>
/// <param name="config">Its configuration.</param>
/// <param name="prefix">Of the names of its parameters: <c>electra.</c>, or nothing where there is no head.</param>
internal sealed class EncoderNodes(OnnxGraph graph, LayerNodes layers, ElectraConfig config, string prefix)
{
    // What takes float32 scores out of a softmax is its lowest number, as in Hugging Face. In float16 a sum with that may be infinite, and a row that
    // may attend to nothing not a number.
    private const double LowestOfHalves = -30_000;

    // The same in all layers.
    private string? _bias;
    private QuantizedAttentionNodes? _quantized;

    /// <summary>The name of the word table.</summary>
    public string WordTable => $"{prefix}embeddings.word_embeddings.weight";

    /// <summary>Adds it.</summary>
    /// <param name="ids">int64 (batch, seq)</param>
    /// <param name="mask">int64 (batch, seq), 0 or 1</param>
    /// <param name="types">int64 (batch, seq)</param>
    /// <param name="firstOnly">Whether the first tokens of the output alone are wanted; there may then be no others.</param>
    /// <returns>The layers' input and the output of the last of them, (batch, seq, hidden); the same where there are none.</returns>
    public (string First, string Last) Encode(string ids, string mask, string types, bool firstOnly)
    {
        string first = Embed(ids, types), hidden = first;
        if (config.NumHiddenLayers == 0) return (first, first);
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
            hidden = Layer(hidden, mask, $"{prefix}encoder.layer.{layer}", firstOnly && layer == config.NumHiddenLayers - 1);
        return (first, hidden);
    }

    private string Embed(string ids, string types)
    {
        string length = graph.Node("Shape", [ids], ("start", 1L), ("end", 2L)), zero = graph.Numbers(0);
        string slice = graph.Node("Slice", [layers.Table($"{prefix}embeddings.position_embeddings.weight"), zero, length, zero]); // (seq, embedding)
        string positions = graph.Node("Unsqueeze", [slice, zero]);
        // ONNX Runtime does not find this shape, and without it can't make one operator of sums and LayerNorms.
        graph.Describe(positions, "1", OnnxNames.Sequence, $"{config.EmbeddingSize}");
        string words = layers.WordRows(WordTable, ids), kinds = layers.Rows($"{prefix}embeddings.token_type_embeddings.weight", types);
        string sum = graph.Node("Add", [graph.Node("Add", [words, kinds]), positions]);
        string embedded = layers.LayerNorm(sum, $"{prefix}embeddings.LayerNorm", config.LayerNormEps);
        return config.EmbeddingSize == config.HiddenSize ? embedded : layers.Linear(embedded, $"{prefix}embeddings_project");
    }

    // 0 where a token is attended to, (batch, 1, 1, seq)
    private string AttentionBias(string mask)
    {
        string wide = graph.Node("Unsqueeze", [graph.Node("Unsqueeze", [mask, graph.Numbers(1)]), graph.Numbers(2)]);
        string attended = graph.Node("Cast", [wide], ("to", (long)graph.Real));
        string lowest = graph.Number(graph.Real == OnnxDataType.Float16 ? LowestOfHalves : float.MinValue);
        return graph.Node("Mul", [graph.Node("Sub", [graph.Number(1), attended]), lowest]);
    }

    private string Layer(string hidden, string mask, string name, bool firstOnly)
    {
        string asking = firstOnly ? graph.Node("Slice", [hidden, graph.Numbers(0), graph.Numbers(1), graph.Numbers(1)]) : hidden; // (batch, 1, hidden)
        string self = $"{name}.attention.self"; // one token's attention is too little work for rounding to pay
        string mixed = layers.QuantizesAttention && !firstOnly
            ? (_quantized ??= new QuantizedAttentionNodes(graph, layers, config, mask)).Attend(hidden, self)
            : Attend(asking, hidden, _bias ??= AttentionBias(mask), self);
        string attended = layers.Linear(mixed, $"{name}.attention.output.dense");
        string middle = layers.LayerNorm(graph.Node("Add", [attended, asking]), $"{name}.attention.output.LayerNorm", config.LayerNormEps);
        string widened = ActivationNodes.Add(graph, layers.Linear(middle, $"{name}.intermediate.dense"), config.HiddenAct);
        string output = layers.Linear(widened, $"{name}.output.dense");
        return layers.LayerNorm(graph.Node("Add", [output, middle]), $"{name}.output.LayerNorm", config.LayerNormEps);
    }

    private string Attend(string asking, string asked, string bias, string name)
    {
        string Heads(string tokens, string part, params long[] order)
        {
            string split = graph.Node("Reshape", [layers.Linear(tokens, $"{name}.{part}"), graph.Numbers(0, 0, config.NumAttentionHeads, config.HeadSize)]);
            return graph.Node("Transpose", [split], ("perm", order));
        }

        (string query, string key, string value) = (Heads(asking, "query", 0, 2, 1, 3), Heads(asked, "key", 0, 2, 3, 1), Heads(asked, "value", 0, 2, 1, 3));
        string scores = graph.Node("Div", [graph.Node("MatMul", [query, key]), graph.Number(Math.Sqrt(config.HeadSize))]);
        string shares = graph.Node("Softmax", [graph.Node("Add", [scores, bias])], ("axis", 3L)); // (batch, heads, seq, seq)
        string mixed = graph.Node("Transpose", [graph.Node("MatMul", [shares, value])], ("perm", new long[] { 0, 2, 1, 3 }));
        return graph.Node("Reshape", [mixed, graph.Numbers(0, 0, config.HiddenSize)]); // (batch, seq, hidden)
    }
}
