using Electra.Checkpoints;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

/// <summary>Finds the reference folders of single models and takes their case files apart.</summary>
internal static class ReferenceFolders
{
    /// <summary>Folders <c>set/head</c> with a model and its expected outputs, relative to the fixtures.</summary>
    public static IEnumerable<string> WithExpected()
    {
        // Both places that a fixture may be in, the whole reference folder and the few kept with the tests.
        string?[] roots = [Path.GetDirectoryName(ReferenceData.FindFixture("FORMAT.md")), Path.Combine(AppContext.BaseDirectory, "Fixtures")];
        return roots.OfType<string>()
            .SelectMany(root => Directory.EnumerateFiles(root, "expected.safetensors", SearchOption.AllDirectories)
                .Select(file => Path.GetDirectoryName(file)!)
                .Where(folder => File.Exists(Path.Combine(folder, "config.json")) && File.Exists(Path.Combine(folder, "model.safetensors")))
                .Select(folder => Path.GetRelativePath(root, folder).Replace('\\', '/')))
            .Distinct().Order(StringComparer.Ordinal);
    }

    public static IEnumerable<string> Cases(SafetensorsReader expected) => Parts(expected, "out").Select(parts => parts[1]).Distinct();

    public static IEnumerable<string> Outputs(SafetensorsReader expected, string name) =>
        Parts(expected, "out").Where(parts => parts[1] == name).Select(parts => parts[2]);

    public static Tensor? Input(SafetensorsReader expected, string name, string argument)
    {
        string key = $"in.{name}.{argument}";
        return expected.Entries.ContainsKey(key) ? expected.ReadTensor(key) : null;
    }

    private static IEnumerable<string[]> Parts(SafetensorsReader expected, string kind) =>
        expected.Entries.Keys.Select(key => key.Split('.', 3)).Where(parts => parts[0] == kind && parts.Length == 3);
}
