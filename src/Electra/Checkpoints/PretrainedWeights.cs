using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>The weights of a pretrained folder: one safetensors file, or several with an index.</summary>
internal sealed class PretrainedWeights : IDisposable
{
    public const string FileName = "model.safetensors";
    public const string IndexFileName = "model.safetensors.index.json";

    private readonly Dictionary<string, SafetensorsReader> _readers = []; // by file name
    private readonly Dictionary<string, (SafetensorsReader Reader, string File)> _owners = []; // by tensor name

    private PretrainedWeights()
    {
    }

    public IReadOnlyCollection<string> Names => _owners.Keys;

    /// <summary>Opens the weights of a folder.</summary>
    /// <exception cref="FileNotFoundException">The folder has no safetensors weights.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or the index and the files it names do not agree.</exception>
    public static PretrainedWeights Open(string folder)
    {
        var weights = new PretrainedWeights();
        try
        {
            string single = Path.Combine(folder, FileName);
            string index = Path.Combine(folder, IndexFileName);
            if (File.Exists(single)) weights.AddFile(single);
            else if (File.Exists(index)) weights.AddIndex(folder, index);
            else throw Absent(folder);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public SafetensorsEntry Entry(string name) => _owners[name].Reader.Entries[name];

    /// <summary>The file that holds a tensor, for messages.</summary>
    public string FileOf(string name) => _owners[name].File;

    public void CopyInto(string name, Tensor destination) => _owners[name].Reader.CopyInto(name, destination);

    public void Dispose()
    {
        foreach (SafetensorsReader reader in _readers.Values) reader.Dispose();
    }

    private void AddFile(string path)
    {
        SafetensorsReader reader = OpenOnce(path);
        foreach (string name in reader.Entries.Keys) _owners.Add(name, (reader, path));
    }

    private void AddIndex(string folder, string index)
    {
        foreach ((string name, string file) in ReadIndex(index))
        {
            if (file != Path.GetFileName(file)) throw new InvalidDataException($"{index}: '{file}' must be the name of a file beside it.");
            string path = Path.Combine(folder, file);
            if (!File.Exists(path))
                throw new InvalidDataException($"{index}: it names '{file}', which is not in the folder; download it too.");
            SafetensorsReader reader = OpenOnce(path);
            if (!reader.Entries.ContainsKey(name))
                throw new InvalidDataException($"{index}: '{name}' is said to be in '{file}', but is not.");
            _owners.Add(name, (reader, path));
        }
    }

    private SafetensorsReader OpenOnce(string path)
    {
        if (!_readers.TryGetValue(path, out SafetensorsReader? reader)) _readers.Add(path, reader = SafetensorsReader.Open(path));
        return reader;
    }

    private static List<(string Name, string File)> ReadIndex(string index)
    {
        string text = File.ReadAllText(index);
        try
        {
            if (JsonNode.Parse(text) is JsonObject root && root["weight_map"] is JsonObject map)
                return [.. map.Select(entry => (entry.Key, entry.Value!.GetValue<string>()))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new InvalidDataException($"{index}: not a readable index: {MisplacedFile.Recognize(text) ?? error.Message}", error);
        }

        throw new InvalidDataException($"{index}: expected an object with a weight_map from tensor names to file names.");
    }

    private static FileNotFoundException Absent(string folder)
    {
        string hint = File.Exists(Path.Combine(folder, "pytorch_model.bin"))
            ? " Its pytorch_model.bin is a Python pickle, which is not read here: load it once in transformers and call save_pretrained, "
                + "which writes safetensors."
            : string.Empty;
        return new FileNotFoundException($"'{folder}' has neither {FileName} nor {IndexFileName}.{hint}", Path.Combine(folder, FileName));
    }
}
