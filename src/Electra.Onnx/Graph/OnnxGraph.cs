using System.Globalization;
using System.Runtime.InteropServices;

namespace Electra.Onnx;

/// <summary>A graph that grows operator by operator, to be written as an ONNX model. Values go by their names.</summary>
/// <param name="real">The type that it computes in: Float or Float16.</param>
internal sealed class OnnxGraph(OnnxDataType real)
{
    /// <summary>The first set of operators whose QuantizeLinear knows blocks.</summary>
    public const int OpsetOfBlocks = 21;

    private const int IrVersion = 8, IrVersionOfBlocks = 10;

    private readonly List<OnnxNode> _nodes = [];
    private readonly List<ProtoMessage> _inputs = [], _outputs = [], _shapes = [];
    private readonly Dictionary<string, ProtoMessage> _initializers = [];
    private readonly Dictionary<string, string> _renamed = [];
    private int _opset = 18;

    /// <summary>The type that it computes in.</summary>
    public OnnxDataType Real => real;

    /// <summary>Makes the set of operators that one at least.</summary>
    public void Require(int opset) => _opset = Math.Max(_opset, opset);

    /// <summary>Adds an operator with one result.</summary>
    /// <returns>The name of its result.</returns>
    public string Node(string name, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Nodes(name, inputs, 1, attributes)[0];

    /// <summary>Adds an operator with several results.</summary>
    /// <returns>The names of its results.</returns>
    public string[] Nodes(string name, ReadOnlySpan<string> inputs, int results, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, results).Select(result => $"{name}_{_nodes.Count}" + (result == 0 ? "" : $"_{result}"))];
        _nodes.Add(new OnnxNode(name, inputs.ToArray(), outputs, attributes.ToArray()));
        return outputs;
    }

    /// <summary>A number in the type that is computed in.</summary>
    public string Number(double value)
    {
        string name = "number_" + value.ToString("R", CultureInfo.InvariantCulture);
        if (!_initializers.ContainsKey(name)) Weights(name, [(float)value], []);
        return name;
    }

    /// <summary>Whole numbers, int64, one-dimensional.</summary>
    public string Numbers(params ReadOnlySpan<long> values)
    {
        string name = "integers_" + string.Join('_', values.ToArray());
        if (!_initializers.ContainsKey(name)) Initializer(name, OnnxDataType.Int64, [values.Length], MemoryMarshal.AsBytes(values).ToArray());
        return name;
    }

    /// <summary>A whole number, int64, without dimensions.</summary>
    public string Scalar(long value)
    {
        string name = $"integer_{value}";
        if (!_initializers.ContainsKey(name)) Initializer(name, OnnxDataType.Int64, [], BitConverter.GetBytes(value));
        return name;
    }

    /// <summary>Numbers of the model, written in the type that is computed in.</summary>
    /// <exception cref="InvalidDataException">One is too large for it.</exception>
    public string Weights(string name, float[] values, params ReadOnlySpan<long> dims)
    {
        if (real == OnnxDataType.Float) return Initializer(name, real, dims, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        var halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (Half.IsInfinity(halves[i]))
                throw new InvalidDataException($"'{name}' holds {values[i]}, which float16 can't: its largest number is 65,504. Export in float32.");
        }

        return Initializer(name, real, dims, MemoryMarshal.AsBytes(halves.AsSpan()).ToArray());
    }

    /// <summary>A tensor that is part of the model.</summary>
    public string Initializer(string name, OnnxDataType type, ReadOnlySpan<long> dims, byte[] bytes)
    {
        var tensor = new ProtoMessage();
        foreach (long dim in dims) tensor.Add(1, dim);
        _initializers.Add(name, tensor.Add(2, (long)type).Add(8, name).Add(9, (ReadOnlyMemory<byte>)bytes));
        return name;
    }

    /// <summary>Whether there is such a tensor.</summary>
    public bool HasInitializer(string name) => _initializers.ContainsKey(name);

    /// <summary>Adds an input of the graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dims">Sizes, or names of those that are free.</param>
    public string Input(string name, params ReadOnlySpan<string> dims)
    {
        _inputs.Add(Value(name, OnnxDataType.Int64, dims));
        return name;
    }

    /// <summary>Makes a value an output of the graph, in float32.</summary>
    /// <param name="name">What it is called from now on.</param>
    /// <param name="value">What an operator has made.</param>
    /// <param name="dims">Sizes, or names of those that are free.</param>
    public void Output(string name, string value, params ReadOnlySpan<string> dims)
    {
        if (real != OnnxDataType.Float) value = Node("Cast", [value], ("to", (long)OnnxDataType.Float));
        _renamed.Add(value, name);
        _outputs.Add(Value(name, OnnxDataType.Float, dims));
    }

    /// <summary>Says which shape a value has, where a runtime may not find it out.</summary>
    public void Describe(string value, params ReadOnlySpan<string> dims) => _shapes.Add(Value(value, real, dims));

    /// <summary>As a ModelProto.</summary>
    /// <param name="metadata">What readers may want to know.</param>
    public ProtoMessage ToModel(IEnumerable<(string Key, string Value)> metadata)
    {
        var graph = new ProtoMessage();
        string[] Final(string[] names) => [.. names.Select(name => _renamed.GetValueOrDefault(name, name))];
        foreach (OnnxNode node in _nodes) graph.Add(1, (node with { Inputs = Final(node.Inputs), Outputs = Final(node.Outputs) }).ToProto());
        graph.Add(2, "electra");
        foreach (ProtoMessage tensor in _initializers.Values) graph.Add(5, tensor);
        foreach (ProtoMessage input in _inputs) graph.Add(11, input);
        foreach (ProtoMessage output in _outputs) graph.Add(12, output);
        foreach (ProtoMessage shape in _shapes) graph.Add(13, shape);
        ProtoMessage model = new ProtoMessage().Add(1, _opset < OpsetOfBlocks ? IrVersion : IrVersionOfBlocks).Add(2, "Electra").Add(7, graph);
        model.Add(8, new ProtoMessage().Add(1, "").Add(2, _opset));
        foreach ((string key, string value) in metadata) model.Add(14, new ProtoMessage().Add(1, key).Add(2, value));
        return model;
    }

    // A ValueInfoProto.
    private static ProtoMessage Value(string name, OnnxDataType type, ReadOnlySpan<string> dims)
    {
        var shape = new ProtoMessage();
        foreach (string dim in dims)
        {
            shape.Add(1, long.TryParse(dim, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                ? new ProtoMessage().Add(1, size)
                : new ProtoMessage().Add(2, dim));
        }

        ProtoMessage tensor = new ProtoMessage().Add(1, (long)type).Add(2, shape);
        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, tensor));
    }
}
