namespace Electra.Onnx;

/// <summary>One operator of a graph.</summary>
/// <param name="Operator">Its name in the standard operator set.</param>
/// <param name="Inputs">Names of values; empty for one that is left out.</param>
/// <param name="Outputs">Names of the values it makes.</param>
/// <param name="Attributes">Of each the value: a long, a float or longs.</param>
internal sealed record OnnxNode(string Operator, string[] Inputs, string[] Outputs, (string Name, object Value)[] Attributes)
{
    private const int FloatType = 1, IntegerType = 2, IntegersType = 7; // AttributeProto.AttributeType

    /// <summary>As a NodeProto.</summary>
    public ProtoMessage ToProto()
    {
        var node = new ProtoMessage();
        foreach (string input in Inputs) node.Add(1, input);
        foreach (string output in Outputs) node.Add(2, output);
        node.Add(3, Outputs[0]).Add(4, Operator);
        foreach ((string name, object value) in Attributes) node.Add(5, Attribute(name, value));
        return node;
    }

    private static ProtoMessage Attribute(string name, object value)
    {
        ProtoMessage attribute = new ProtoMessage().Add(1, name);
        switch (value)
        {
            case float number: return attribute.Add(2, number).Add(20, FloatType);
            case long number: return attribute.Add(3, number).Add(20, IntegerType);
            case long[] numbers:
                foreach (long number in numbers) attribute.Add(8, number);
                return attribute.Add(20, IntegersType);
            default: throw new ArgumentException($"An attribute can't be of type {value.GetType()}.", nameof(value));
        }
    }
}
