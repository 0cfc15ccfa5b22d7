namespace Electra.Checkpoints;

/// <summary>Finds the weights in what a file holds: names and tensors, by themselves or inside a training checkpoint.</summary>
internal static class StateDictionary
{
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model"];

    /// <summary>The tensors by name, the last of each name.</summary>
    /// <exception cref="InvalidDataException">There are none, or a name is no text.</exception>
    public static Dictionary<string, TorchTensor> Of(object? root, string path)
    {
        if (root is not PickleDictionary dictionary)
            throw Bad(path, $"it holds {Kind(root)} where a dictionary of names and tensors (a state_dict) is expected");
        PickleDictionary weights = Wrappers.Select(name => Last(dictionary, name)).OfType<PickleDictionary>().FirstOrDefault(HasTensors) ?? dictionary;
        Dictionary<string, TorchTensor> tensors = new(StringComparer.Ordinal);
        foreach ((object? key, object? value) in weights.Entries)
        {
            if (value is not TorchTensor tensor) continue;
            tensors[key as string ?? throw Bad(path, $"a tensor's name is {Kind(key)}")] = tensor;
        }

        return tensors.Count > 0 ? tensors : throw Bad(path, "it holds no tensors, neither by themselves nor under " + string.Join(", ", Wrappers));
    }

    private static bool HasTensors(PickleDictionary dictionary) => dictionary.Entries.Exists(entry => entry.Value is TorchTensor);

    private static object? Last(PickleDictionary dictionary, string name) => dictionary.Entries.LastOrDefault(entry => entry.Key as string == name).Value;

    private static string Kind(object? value) => value switch
    {
        null => "None",
        TorchTensor tensor => $"a single tensor {tensor.Description}",
        long or double or bool => "a number",
        string => "a text",
        PickleList or PickleTuple => "a list",
        PickleGlobal global => $"{global}",
        _ => "something else",
    };

    private static InvalidDataException Bad(string path, string fault) => new($"'{path}' is not a usable PyTorch file: {fault}.");
}
