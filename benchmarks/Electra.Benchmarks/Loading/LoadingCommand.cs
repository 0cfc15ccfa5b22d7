using System.CommandLine;
using System.Diagnostics;
using Electra.Benchmarks.Workloads;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Loading;

/// <summary>The command line of <c>loading</c>.</summary>
internal static class LoadingCommand
{
    private const string Explanation =
        """
        Saves and loads a discriminator of random weights in every form that is read; two are written by this program alone. Each is loaded in processes of their own: the fastest and the
        median of all loads in milliseconds, and the most memory that one load adds to what is resident (VmHWM), in percent of the model's float32 weights.
        """;

    // What the library writes is timed.
    private static readonly (string Name, bool IsTimed, Action<ElectraForPreTraining, string> Save)[] Forms =
    [
        Own("safetensors", new()),
        Own("safetensors, parts of 200 MB", new() { MaxShardBytes = 200_000_000 }),
        Own("safetensors, float16", new() { DType = ScalarType.Float16 }),
        Own("safetensors, bfloat16", new() { DType = ScalarType.BFloat16 }),
        Own("pytorch_model.bin", new() { Format = PretrainedFormat.PyTorch }),
        Own("pytorch_model.bin, float16", new() { Format = PretrainedFormat.PyTorch, DType = ScalarType.Float16 }),
        Own("pytorch_model.bin, bfloat16", new() { Format = PretrainedFormat.PyTorch, DType = ScalarType.BFloat16 }),
        ("pytorch_model.bin before 1.6", false, SaveLegacy),
        ("TensorFlow, Google's code", false, (model, folder) => TensorBundleFile.Write(Path.Combine(folder, "model.ckpt-0"), model)),
    ];

    private static readonly Option<string?> Model = Text("--model", "preset", "A network's name. Default: small.");
    private static readonly Option<int?> Loads = Number("--loads", "Loads in a process, and saves. Default: 10.", 1);
    private static readonly Option<string?> One = Text("--one", "folder", "Loads this folder in this process, and prints the figures alone.");

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<Func<int>, int> guarded)
    {
        var command = new Command("loading", Explanation) { Model, Loads, One };
        command.SetAction(result => guarded(() =>
        {
            int loads = result.GetValue(Loads) ?? 10;
            if (result.GetValue(One) is { } folder) Console.WriteLine(LoadedOnce.Measure(folder, loads));
            else Run(ElectraConfig.Preset(result.GetValue(Model) ?? "small"), loads);
            return 0;
        }));
        return command;
    }

    private static void Run(ElectraConfig config, int loads)
    {
        Console.WriteLine("| form | MB | saved, ms: fastest (median) | loaded, ms: fastest (median) | memory, % |\n|---|---|---|---|---|");
        foreach ((string name, bool isTimed, Action<ElectraForPreTraining, string> save) in Forms)
        {
            using var folder = new TemporaryFolder();
            using (var model = new ElectraForPreTraining(config))
            {
                double[] saves = [.. Enumerable.Range(0, isTimed ? loads : 1).Select(_ => LoadedOnce.Milliseconds(() => save(model, folder.FullPath))).Order()];
                double size = new DirectoryInfo(folder.FullPath).EnumerateFiles().Sum(file => file.Length) / 1e6;
                Console.Write(FormattableString.Invariant($"| {name} | {size:F0} | {(!isTimed ? "" : FormattableString.Invariant($"{saves[0]:F0} ({saves[saves.Length / 2]:F0}) "))}"));
            }

            Console.WriteLine($"| {Child(folder.FullPath, loads)} |");
        }
    }

    private static (string, bool, Action<ElectraForPreTraining, string>) Own(string name, PretrainedSaveOptions options) =>
        (name, true, (model, folder) => model.SavePretrained(folder, null, options));

    private static void SaveLegacy(ElectraForPreTraining model, string folder)
    {
        LegacyPickleFile.Write(Path.Combine(folder, "pytorch_model.bin"), [.. model.named_parameters().Select(item => (item.name, (Tensor)item.parameter))]);
        model.Config.Save(Path.Combine(folder, "config.json"));
    }

    // What a process has done before would count as its memory.
    private static string Child(string folder, int loads)
    {
        string[] arguments = ["loading", "--one", folder, "--loads", $"{loads}"];
        string own = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(own) == "dotnet";
        using Process child = Process.Start(new ProcessStartInfo(own, isHost ? [typeof(LoadingCommand).Assembly.Location, .. arguments] : arguments) { RedirectStandardOutput = true })!;
        string line = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        return child.ExitCode == 0 ? line : throw new InvalidDataException($"Loading '{folder}' failed.");
    }
}
