namespace Electra.Checkpoints;

/// <summary>What a pickle is made of here, beside null, numbers (long, double), truth (bool) and text (string); nothing else is ever made.</summary>
internal abstract record PickleValue;

/// <summary>Marks a place on the machine's stack.</summary>
internal sealed record PickleMark : PickleValue
{
    public static readonly PickleMark Instance = new();
}

/// <summary>A whole number beyond 64 bits, or bytes: nothing that a tensor needs.</summary>
internal sealed record PickleBytes(byte[] Value) : PickleValue;

/// <summary>A tuple.</summary>
internal sealed record PickleTuple(object?[] Items) : PickleValue;

/// <summary>A list, or a set.</summary>
internal sealed record PickleList(List<object?> Items) : PickleValue;

/// <summary>A dictionary in its order; a key given twice is there twice, and the last one counts.</summary>
internal sealed record PickleDictionary(List<KeyValuePair<object?, object?>> Entries) : PickleValue;

/// <summary>The name of something in a Python module: a class or function, never looked up.</summary>
internal sealed record PickleGlobal(string Module, string Name) : PickleValue
{
    public override string ToString() => $"{Module}.{Name}";
}
