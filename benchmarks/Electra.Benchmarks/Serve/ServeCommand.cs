using System.CommandLine;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;

namespace Electra.Benchmarks.Serve;

/// <summary>The command line of <c>serve</c>.</summary>
internal static class ServeCommand
{
    private const string Explanation =
        """
        Loads samples/Serve, a process of its own on this machine, with a classifier of random weights over an encoder: on libtorch in float32, on ONNX Runtime
        in float32 and int8. Callers ask for one text each, and again when they are answered, 1, 8 and 32 of them; once of a service that batches requests
        as it does by default, once of one that takes each by itself, in turn, so that a busy machine slows both alike. Requests a second, the median and the
        99th percentile of their milliseconds, and what a request takes of processors, which tells also where others use the machine; how long a service takes to be ready; and how many requests of 32 callers, who stay away when it is not ready any
        more, are lost when it is told to stop. Build first: dotnet build -c Release samples/Serve.
        """;

    private static readonly Option<string?> Encoder = Text("--encoder", "folder", "A pre-trained folder with tokenizer. Needed.");
    private static readonly Option<string?> Program = Text("--program", "dll", "Default: samples/Serve/bin/Release/net10.0/Serve.dll.");
    private static readonly Option<int?> Seconds = Number("--seconds", "Of each figure, in five turns. Default: 10.", 1);
    private static readonly Option<int?> Threads = Number("--threads", "Of a pass. Default: 1.", 1);

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<Func<int>, int> guarded)
    {
        var command = new Command("serve", Explanation) { Encoder, Program, Seconds, Threads };
        command.SetAction(result => guarded(() =>
        {
            string encoder = result.GetValue(Encoder) ?? throw new CommandLine.UsageException("Name a pre-trained folder: --encoder.");
            string program = result.GetValue(Program) ?? Path.Combine("samples", "Serve", "bin", "Release", "net10.0", "Serve.dll");
            if (!File.Exists(program)) throw new CommandLine.UsageException($"There is no '{program}': dotnet build -c Release samples/Serve, or --program.");
            new ServeSession(encoder, program, TimeSpan.FromSeconds(result.GetValue(Seconds) ?? 10), result.GetValue(Threads) ?? 1).Run().GetAwaiter().GetResult();
            return 0;
        }));
        return command;
    }
}
