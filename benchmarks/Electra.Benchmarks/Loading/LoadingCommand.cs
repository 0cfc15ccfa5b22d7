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
        Saves and loads a discriminator of random weights as a pretrained folder of every form. Each is loaded in processes of their own: the fastest and the
        median of all loads in milliseconds, and the most memory that one load adds, in percent of the model's float32 weights: memory of the process's own
        (RssAnon, read every millisecond) and all that is resident (VmHWM), to which pages of the mapped file count that the system may take back.
        """;

    private static readonly (string Name, PretrainedSaveOptions Options)[] Forms =
    [
        ("safetensors", new()),
        ("safetensors, parts of 200 MB", new() { MaxShardBytes = 200_000_000 }),
        ("safetensors, float16", new() { DType = ScalarType.Float16 }),
        ("safetensors, bfloat16", new() { DType = ScalarType.BFloat16 }),
        ("pytorch_model.bin", new() { Format = PretrainedFormat.PyTorch }),
        ("pytorch_model.bin, float16", new() { Format = PretrainedFormat.PyTorch, DType = ScalarType.Float16 }),
        ("pytorch_model.bin, bfloat16", new() { Format = PretrainedFormat.PyTorch, DType = ScalarType.BFloat16 }),
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
        Console.WriteLine("| form | MB | saved, ms: fastest (median) | loaded, ms: fastest (median) | own memory, % | resident, % |\n|---|---|---|---|---|---|");
        foreach ((string name, PretrainedSaveOptions options) in Forms)
        {
            using var folder = new TemporaryFolder();
            using (var model = new ElectraForPreTraining(config))
            {
                double[] saves = [.. Enumerable.Range(0, loads).Select(_ => LoadedOnce.Milliseconds(() => model.SavePretrained(folder.FullPath, null, options))).Order()];
                double size = new DirectoryInfo(folder.FullPath).EnumerateFiles().Sum(file => file.Length) / 1e6;
                Console.Write(FormattableString.Invariant($"| {name} | {size:F0} | {saves[0]:F0} ({saves[saves.Length / 2]:F0}) "));
            }

            Console.WriteLine($"| {Child(folder.FullPath, loads)} |");
        }
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
