using System.Text;
using System.Text.Json.Nodes;
using Electra.Files;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Writes the weights of a pretrained folder, in one file or in parts with an index, and takes away those of an earlier form.</summary>
internal static class PretrainedWriter
{
    public static void Write(string folder, IReadOnlyList<(string Name, Tensor Tensor)> weights, PretrainedSaveOptions options)
    {
        string plain = options.Format == PretrainedFormat.PyTorch ? PretrainedWeights.PyTorchFileName : PretrainedWeights.FileName;
        List<List<(string Name, Tensor Tensor)>> parts = Parts(weights, options);
        string[] names = [.. parts.Select((_, i) => parts.Count == 1 ? plain : PartName(plain, i + 1, parts.Count))];
        File.Delete(Path.Combine(folder, PretrainedWeights.IndexOf(plain))); // an older one would take parts of both for one
        for (int i = 0; i < parts.Count; i++) WriteFile(Path.Combine(folder, names[i]), parts[i], options);
        HashSet<string> written = [.. names];
        if (parts.Count > 1)
        {
            string index = PretrainedWeights.IndexOf(plain);
            FileSync.ReplaceFile(Path.Combine(folder, index), stream => stream.Write(Encoding.UTF8.GetBytes(Index(parts, names, options))));
            written.Add(index);
        }

        // A folder's weights are the first form that is found, so an older one must not stay.
        foreach (string old in PretrainedWeights.FilesOf(folder).Where(name => !written.Contains(name))) File.Delete(Path.Combine(folder, old));
        FileSync.FlushFolder(folder);
    }

    private static void WriteFile(string path, List<(string Name, Tensor Tensor)> tensors, PretrainedSaveOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IEnumerable<(string, Tensor)> converted = tensors.Select(item => (item.Name, item.Tensor.is_floating_point() ? item.Tensor.to(options.DType) : item.Tensor));
        if (options.Format == PretrainedFormat.PyTorch) PyTorchWriter.Write(path, converted);
        else SafetensorsWriter.Write(path, converted);
    }

    private static List<List<(string Name, Tensor Tensor)>> Parts(IReadOnlyList<(string Name, Tensor Tensor)> weights, PretrainedSaveOptions options)
    {
        List<List<(string Name, Tensor Tensor)>> parts = [[]];
        long bytes = 0;
        foreach ((string Name, Tensor Tensor) weight in weights)
        {
            long size = Bytes(weight.Tensor, options);
            if (parts[^1].Count > 0 && bytes + size > options.MaxShardBytes)
            {
                parts.Add([]);
                bytes = 0;
            }

            parts[^1].Add(weight);
            bytes += size;
        }

        return parts;
    }

    private static long Bytes(Tensor tensor, PretrainedSaveOptions options) =>
        tensor.numel() * (tensor.is_floating_point() ? SafetensorsDTypes.SizeOf(options.DType) : tensor.element_size());

    // model-00001-of-00003.safetensors
    private static string PartName(string plain, int number, int count) =>
        $"{Path.GetFileNameWithoutExtension(plain)}-{number:D5}-of-{count:D5}{Path.GetExtension(plain)}";

    private static string Index(List<List<(string Name, Tensor Tensor)>> parts, string[] names, PretrainedSaveOptions options)
    {
        JsonObject map = [];
        foreach ((string name, string file) in parts.SelectMany((part, i) => part.Select(item => (item.Name, names[i]))).OrderBy(item => item.Name, StringComparer.Ordinal))
            map.Add(name, file);
        long total = parts.SelectMany(part => part).Sum(item => Bytes(item.Tensor, options));
        return new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = total }, ["weight_map"] = map }.ToJsonString(new() { WriteIndented = true }) + "\n";
    }
}
