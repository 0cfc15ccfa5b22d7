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
        string?[] roots =
            [Path.GetDirectoryName(ReferenceData.FindFixture("FORMAT.md")), Path.Combine(AppContext.BaseDirectory, "Fixtures")];
        return roots.OfType<string>()
            .SelectMany(root => Directory.EnumerateFiles(root, "expected.safetensors", SearchOption.AllDirectories)
                .Select(file => Path.GetDirectoryName(file)!)
                .Where(folder => File.Exists(Path.Combine(folder, "config.json")) && File.Exists(Path.Combine(folder, "model.safetensors")))
                .Select(folder => Path.GetRelativePath(root, folder).Replace('\\', '/')))
            .Distinct().Order(StringComparer.Ordinal);
    }

    /// <summary>Names of the cases; a file with a single unnamed case has the empty name.</summary>
    public static IEnumerable<string> Cases(SafetensorsReader expected) => Outputs(expected).Select(output => output.Case).Distinct();

    /// <summary>What the model itself returns in a case.</summary>
    public static IEnumerable<string> Outputs(SafetensorsReader expected, string name) =>
        Outputs(expected).Where(output => output.Case == name && output.Name != "global_grad_norm").Select(output => output.Name);

    public static Tensor? Input(SafetensorsReader expected, string name, string argument)
    {
        string key = Key("in", name, argument);
        return expected.Entries.ContainsKey(key) ? expected.ReadTensor(key) : null;
    }

    public static string Key(string kind, string name, string tensor) => name.Length == 0 ? $"{kind}.{tensor}" : $"{kind}.{name}.{tensor}";

    private static IEnumerable<(string Case, string Name)> Outputs(SafetensorsReader expected) =>
        from key in expected.Entries.Keys
        let parts = key.Split('.', 3)
        where parts[0] == "out"
        select parts.Length == 2 ? (string.Empty, parts[1]) : (parts[1], parts[2]);
}
