using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>The weights of one file, or of a pretrained folder: in the first of these forms that it has: safetensors, then PyTorch's; one file, then several with an index.</summary>
internal sealed partial class PretrainedWeights : IDisposable
{
    public const string FileName = "model.safetensors";
    public const string PyTorchFileName = "pytorch_model.bin";

    private const string Index = ".index.json", Safetensors = ".safetensors";

    // What other programs call theirs.
    private static readonly (string Pattern, string What)[] Unread =
    [
        ("tf_model*.h5", "Keras wrote (HDF5)"), ("flax_model*.msgpack", "Flax wrote"), ("rust_model.ot", "Rust's tch wrote"), ("model*.onnx", "is a graph for ONNX Runtime"),
        ("*.ckpt*.index", "TensorFlow 1 wrote, which GoogleCheckpoint reads"),
    ];

    private readonly Dictionary<string, ITensorFile> _files = []; // by path
    private readonly Dictionary<string, (ITensorFile File, string Path)> _owners = []; // by tensor name

    private PretrainedWeights()
    {
    }

    public IReadOnlyCollection<string> Names => _owners.Keys;

    /// <summary>The names of the files that are read, without their folder.</summary>
    public IReadOnlyList<string> Files => [.. _files.Keys.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The index of the files that take the place of one.</summary>
    public static string IndexOf(string fileName) => fileName + Index;

    /// <summary>The names of all files of a folder that hold weights or tell where they are, of either form.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        from path in Directory.EnumerateFiles(folder)
        let name = Path.GetFileName(path)
        where Parts().IsMatch(name)
        select name;

    /// <summary>The folder of a path that is one, or a file in it.</summary>
    public static string FolderOf(string path) => File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;

    /// <summary>Opens the weights of a folder, or one file: PyTorch's, unless it is named <c>.safetensors</c>.</summary>
    /// <exception cref="FileNotFoundException">The folder has no weights that are read here; names those it has.</exception>
    /// <exception cref="InvalidDataException">A file is malformed, or the index and the files it names do not agree.</exception>
    public static PretrainedWeights Open(string folder)
    {
        var weights = new PretrainedWeights();
        try
        {
            if (File.Exists(folder))
            {
                weights.AddFile(folder);
                return weights;
            }

            foreach (string path in new[] { FileName, PyTorchFileName }.Select(name => Path.Combine(folder, name)))
            {
                if (File.Exists(path)) weights.AddFile(path);
                else if (File.Exists(path + Index)) weights.AddIndex(folder, path + Index);
                else continue;
                return weights;
            }

            throw Absent(folder);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public IReadOnlyList<long> Shape(string name) => _owners[name].File.Shape(name);

    /// <summary>Type and shape of a tensor, for messages.</summary>
    public string Describe(string name) => _owners[name].File.Describe(name);

    /// <summary>The file that holds a tensor, for messages.</summary>
    public string FileOf(string name) => _owners[name].Path;

    public void CopyInto(string name, Tensor destination) => _owners[name].File.CopyInto(name, destination);

    public void Dispose()
    {
        foreach (ITensorFile file in _files.Values) file.Dispose();
    }

    [GeneratedRegex(@"^(model(-\d{5}-of-\d{5})?\.safetensors|pytorch_model(-\d{5}-of-\d{5})?\.bin|(model\.safetensors|pytorch_model\.bin)\.index\.json)$")]
    private static partial Regex Parts();

    private void AddFile(string path)
    {
        ITensorFile file = OpenOnce(path);
        foreach (string name in file.Names) _owners.Add(name, (file, path));
    }

    private void AddIndex(string folder, string index)
    {
        foreach ((string name, string file) in ReadIndex(index))
        {
            if (file != Path.GetFileName(file)) throw new InvalidDataException($"{index}: '{file}' must be the name of a file beside it.");
            string path = Path.Combine(folder, file);
            if (!File.Exists(path))
                throw new InvalidDataException($"{index}: it names '{file}', which is not in the folder; download it too.");
            ITensorFile opened = OpenOnce(path);
            if (!opened.Contains(name))
                throw new InvalidDataException($"{index}: '{name}' is said to be in '{file}', but is not.");
            _owners.Add(name, (opened, path));
        }
    }

    private ITensorFile OpenOnce(string path)
    {
        if (_files.TryGetValue(path, out ITensorFile? file)) return file;
        file = path.EndsWith(Safetensors, StringComparison.OrdinalIgnoreCase) ? SafetensorsReader.Open(path) : PyTorchReader.Open(path);
        _files.Add(path, file);
        return file;
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
        string missing = Path.Combine(folder, FileName);
        string absent = $"'{folder}' has neither {FileName} nor {PyTorchFileName}, by itself or in parts with an index.";
        if (!Directory.Exists(folder)) return new FileNotFoundException($"There is no folder '{folder}'.", missing);
        foreach ((string pattern, string what) in Unread)
        {
            if (Directory.EnumerateFiles(folder, pattern).FirstOrDefault() is { } found)
                return new FileNotFoundException($"{absent} Its {Path.GetFileName(found)} {what}: it can't be loaded so; get the folder with one of the files above.", missing);
        }

        return new FileNotFoundException(absent, missing);
    }
}
