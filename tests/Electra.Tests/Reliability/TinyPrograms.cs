using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.Reliability;

/// <summary>The sample programs as they are, as processes of their own on tiny data.</summary>
internal sealed class TinyPrograms : IDisposable
{
    public const string Pretrain = "Pretrain", FineTune = "FineTune";

    private static readonly string[] Words = ["the", "cat", "sat", "on", "a", "mat", "dog", "runs", "home", "now", "green", "tree", "stream", "reads", "writes"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, (string Output, TimeSpan Time)> _undisturbed = [];

    public TinyPrograms()
    {
        new ElectraConfig
        {
            NumHiddenLayers = 1,
            HiddenSize = 24,
            NumAttentionHeads = 2,
            EmbeddingSize = 16,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        }.Save(_folder.File("tiny.json"));
        var random = new Random(3);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 9).Select(_ => Words[random.Next(Words.Length)])) + ".";
        _folder.Write("text.txt", string.Join("\n\n", Enumerable.Range(0, 400).Select(_ => $"{Sentence()}\n{Sentence()}\n{Sentence()}")));
        string Table(string name, int count, int seed) => _folder.Write(
            name, "text,label\n" + string.Concat(TinyEncoder.Sentences(count, seed).Examples.Select(example => $"\"{example.Text}\",{example.Labels[0]}\n")));
        TinyEncoder.Write(_folder);
        Table("train.csv", 64, 0);
        Table("dev.csv", 32, 1);
    }

    /// <summary>A path of the tests' own.</summary>
    public string Path(string name) => _folder.File(name);

    /// <summary>The command that starts a program; the folder of its output comes last.</summary>
    public string[] Command(string program) =>
    [
        // With the tests' list of libraries: some of the program's own come with a framework that the tests have for another one.
        ChildProgram.Host, "exec", "--runtimeconfig", InTests("Electra.Tests.runtimeconfig.json"), "--depsfile", InTests("Electra.Tests.deps.json"), InTests(program + ".dll"),
        .. (program == Pretrain
            ? $"--corpus {Path("text.txt")} --model {Path("tiny.json")} --vocab-size 200 --sequence-length 16 --batch-size 8 --steps 60 --log-every 5 --eval-every 20 --save-every 3 --precision fp32 --device cpu --output"
            : $"--train {Path("train.csv")} --dev {Path("dev.csv")} --text text --label label --model {Path("encoder")} --learning-rate 3e-3 --layer-decay 1 --batch-size 8 --epochs 4 --seeds 2 --select-best --save-every 3 --device cpu --output")
            .Split(' '),
    ];

    private static string InTests(string file) => System.IO.Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>Starts a command; what it says is collected.</summary>
    public static (Process Process, StringBuilder Said) Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["OMP_NUM_THREADS"], start.Environment["TERM"]) = ("1", "dumb");
        var said = new StringBuilder();
        var process = new Process { StartInfo = start };
        void Say(object sender, DataReceivedEventArgs line)
        {
            lock (said) said.AppendLine(line.Data);
        }

        process.OutputDataReceived += Say;
        process.ErrorDataReceived += Say;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, said);
    }

    /// <summary>Runs a command to its end.</summary>
    public static (int Code, string Said) Run(IReadOnlyList<string> command)
    {
        (Process process, StringBuilder said) = Start(command);
        using (process)
        {
            bool hasEnded = process.WaitForExit(TimeSpan.FromMinutes(3));
            if (hasEnded) process.WaitForExit(); // for the last of what it said
            lock (said)
            {
                Assert.True(hasEnded, $"it hangs: {said}");
                return (process.ExitCode, said.ToString());
            }
        }
    }

    /// <summary>The output of a program that nothing happened to, and how long it took.</summary>
    public (string Output, TimeSpan Time) Undisturbed(string program)
    {
        if (_undisturbed.TryGetValue(program, out (string, TimeSpan) known)) return known;
        string output = Path($"undisturbed-{program}");
        var clock = Stopwatch.StartNew();
        (int code, string said) = Run([.. Command(program), output]);
        Assert.True(code == 0, said);
        return _undisturbed[program] = (output, clock.Elapsed);
    }

    /// <summary>Requires that an output holds what that of an undisturbed run holds: every weight, moment and figure, every file that is read again.</summary>
    public void AssertSame(string program, string output)
    {
        string expected = Undisturbed(program).Output;
        Assert.Equal(Files(expected), Files(output));
        foreach (string file in Files(expected))
        {
            string then = System.IO.Path.Combine(expected, file), now = System.IO.Path.Combine(output, file);
            switch (System.IO.Path.GetFileName(file))
            {
                case "metrics.jsonl":
                    Assert.Equal(Figures(then), Figures(now));
                    break;
                case "results.json":
                    Assert.Equal(Timeless(JsonNode.Parse(File.ReadAllText(then).Replace(expected, output, StringComparison.Ordinal))!), Timeless(JsonNode.Parse(File.ReadAllText(now))!));
                    break;
                case "README.md": // its title has the folder's name
                    Assert.Equal(
                        File.ReadLines(then).Where(line => !line.StartsWith("# ", StringComparison.Ordinal)),
                        File.ReadLines(now).Where(line => !line.StartsWith("# ", StringComparison.Ordinal)));
                    break;
                default:
                    Assert.True(File.ReadAllBytes(then).AsSpan().SequenceEqual(File.ReadAllBytes(now)), $"'{file}' differs");
                    break;
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    // Without pictures, events and clocks, and without what a kill leaves half-written beside the files.
    private static string[] Files(string output) =>
    [
        .. Directory.GetFiles(output, "*", SearchOption.AllDirectories).Select(path => System.IO.Path.GetRelativePath(output, path))
            .Where(path => System.IO.Path.GetFileName(path) is not ("run.lock" or "run.owner" or "state.json" or "manifest.json") && !path.EndsWith(".png", StringComparison.Ordinal)
                && !path.EndsWith(".tmp", StringComparison.Ordinal) && !path.Contains(".partial", StringComparison.Ordinal) && !path.Contains("-unfinished", StringComparison.Ordinal)
                && !path.StartsWith("tensorboard", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    // Each step of a kind once, in order.
    private static string[] Figures(string path)
    {
        JsonNode[] records = [.. File.ReadLines(path).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(records.Length, records.Select(record => $"{record["step"]} {record["kind"]}").Distinct().Count());
        return [.. records.Select(Timeless)];
    }

    private static string Timeless(JsonNode node)
    {
        if (node is JsonObject record)
        {
            foreach (string key in (string[])["time", "tokens_per_second", "seconds"]) record.Remove(key);
            foreach (JsonNode? inner in record.Select(item => item.Value)) Timeless(inner ?? 0);
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? inner in list) Timeless(inner ?? 0);
        }

        return node.ToJsonString();
    }
}
